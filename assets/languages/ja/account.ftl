# 利用者が目にするページ：サインイン、登録、アカウント。

## すべてのページ

account-skip = 本文へ移動
account-signed-in-as = サインイン中：
account-sign-out = サインアウト
account-language-menu = このページの言語
account-navigation = アカウント
account-error-state = エラー：
account-summary-title = 入力内容をご確認ください
account-optional = （任意）
account-empty = （空欄）

## 共通の語句

account-username = ユーザー名
account-username-hint = 多くの場合、メールアドレスです。
account-email = メールアドレス
account-password = パスワード
account-current-password = 現在のパスワード
account-new-password = 新しいパスワード
account-given-name = 名
account-family-name = 姓
account-rules-title = パスワードの条件：
account-rules-paste = パスワードマネージャーから貼り付けることもできます。
account-mail-missing = 数分たっても届かない場合は、迷惑メールフォルダーを確認し、アドレスに誤りがないかお確かめください。
account-back-to-sign-in = サインインに戻る
account-sign-in-again = もう一度サインインする

## サインイン

account-sign-in-title = サインイン
account-sign-in-lead = { $organization } のアカウントでサインインしてください。
account-sign-in-button = サインイン
account-sign-in-forgot = パスワードをお忘れですか？
account-sign-in-register = アカウントを作成する

## パスワードの設定

account-set-invite-title = パスワードを設定してください
account-set-invite-lead = { $organization } に招待されています。サインインに使うパスワードを設定してください。これにより、メールアドレスの確認も完了します。
account-set-reset-title = 新しいパスワードを設定してください
account-set-reset-lead = 設定後は、新しいパスワードでのみ { $organization } にサインインできます。すべての端末からサインアウトされます。
account-set-must-title = パスワードを変更してください
account-set-must-lead = 現在のパスワードは仮のものか、有効期限が切れています。{ $organization } の利用を続けるには、ご自身だけが知っているパスワードを設定してください。
account-set-button = パスワードを保存

## 登録

account-register-title = アカウントの作成
account-register-lead = { $organization } にアカウントを作成します。利用を始める前に、メールアドレスの確認が必要です。
account-register-address-hint = このアドレスでサインインします。アドレス宛てにリンクをお送りします。
account-register-email-hint = このアドレス宛てにリンクをお送りします。
account-register-username-hint = この名前でサインインします。
account-register-button = アカウントを作成
account-register-have = すでにアカウントを持っています
account-registered-title = メールをご確認ください
account-registered-lead = 初めてのアドレスの場合は、リンクを記載したメールをお送りしています。リンクを開いて、アドレスを確認してください。
account-verify-title = アドレスの確認
account-verify-lead = { $organization } のアカウントの登録は、あと一歩で完了です。
account-verify-button = アドレスを確認する
account-verified-title = アドレスを確認しました
account-verified-lead = アカウントの準備ができました。サインインできます。
account-verified-waits = アカウントの利用には、{ $organization } の管理者の承認が必要です。承認されましたら、メールでお知らせします。
account-verified-back = アプリケーションに戻る
account-welcome-title = Muster へようこそ
account-welcome-lead = { $organization } の設定を始めます。アカウントを作成してください。このアカウントがコンソールの最初の所有者となり、すべての操作を行えます。
account-welcome-address-hint = このアドレスでサインインします。

## パスワードを忘れた場合

account-forgot-title = パスワードの再設定
account-forgot-lead = ユーザー名を入力してください。新しいパスワードを設定するためのリンクを、アカウントのメールアドレスにお送りします。
account-forgot-button = リンクを送信
account-forgot-sent-title = メールをご確認ください
account-forgot-sent-lead = 該当するアカウントがある場合は、リンクを記載したメールをお送りしています。リンクは一度だけ、一定の期間内に使えます。
account-link-dead-title = このリンクは使えません
account-link-dead-lead = すでに使用されたか、有効期限が切れたか、新しいリンクに置き換えられました。
account-link-dead-invite = すでにパスワードを設定済みの場合は、サインインできます。それ以外の場合は、{ $organization } の管理者に新しい招待をご依頼ください。
account-link-dead-reset = { $organization } のアカウント用に、新しいリンクを請求できます。
account-link-dead-verify = すでにアドレスを確認済みの場合は、{ $organization } にサインインできます。それ以外の場合は、もう一度登録して新しいリンクをお受け取りください。
account-link-dead-welcome = すでにアカウントを作成済みの場合は、サインインできます。それ以外の場合は、サーバーで「muster init」を実行すると新しいリンクが作成されます。
account-link-dead-button = 新しいリンクを請求する

## プロフィール

account-profile-title = プロフィール
account-profile-managed = これらの情報は管理者が管理しています。変更が必要な場合は、管理者にお問い合わせください。
account-managed-by = { $connection } が管理しています
account-profile-button = 変更を保存
account-choice-none = 未選択
account-conflict-title = このプロフィールは、同時にほかの操作で変更されました
account-conflict-lead = まだ保存されていません。下のフォームには、あなたの入力内容が入っています。比べて、必要なら修正し、もう一度保存してください。
account-conflict-theirs = 現在保存されている値
account-conflict-yours = あなたの入力
account-conflict-discard = 入力内容を破棄する
account-export-title = あなたのデータ
account-export-lead = { $organization } が保存しているあなたの情報を、JSON形式のファイルでダウンロードできます。
account-export-link = データをダウンロード

## パスワード

account-password-title = パスワード
account-password-lead = パスワードを変更すると、ほかのすべての端末からサインアウトされます。
account-password-last = 最終変更：{ $when }
account-password-button = パスワードを変更

## セッション

account-sessions-title = セッション
account-sessions-lead = 現在サインインしている場所です。心当たりのないセッションがある場合は、終了してからパスワードを変更してください。
account-sessions-current = このセッション
account-sessions-agent = { $system } の { $browser }
account-sessions-address = ネットワークアドレス
account-sessions-since = サインイン日時
account-sessions-last-used = 最終利用
account-sessions-end = セッションを終了
account-sessions-end-others = ほかのセッションをすべて終了

## グループ

account-groups-title = アクセス権
account-groups-lead = { $organization } で利用できるものは、所属グループによって決まります。
account-groups-count = { $count ->
   *[other] { $count }個のグループに所属しています。
}
account-groups-none = まだどのグループにも所属していません。
account-groups-indirect = ほかのグループを通じて所属

## 言語

account-language-title = 言語
account-language-lead = このページとメールで使う言語を選んでください。
account-language-button = 言語を保存

## 退会

account-leave-title = 退会
account-leave-lead = ここでは、{ $organization } のアカウントをご自身で終了できます。
account-leave-last-owner = あなたは { $organization } の最後の所有者です。退会する前に、ほかの方を所有者にしてください。
account-leave-neither = このアカウントは { $organization } が管理しています。閉鎖をご希望の場合は、管理者にお問い合わせください。
account-deactivate-title = アカウントの無効化
account-deactivate-lead = ただちにサインアウトされ、サインインできなくなります。データは保存されたままです。管理者がアカウントを再び有効にできます。
account-deactivate-confirm = アカウントを無効にすることに同意します
account-deactivate-button = アカウントを無効にする
account-delete-title = アカウントの削除
account-delete-lead = アカウントは、プロフィールとグループへの所属とともに削除されます。この操作は取り消せません。
account-delete-username = 確認のため、ユーザー名を入力してください：
account-delete-button = アカウントを完全に削除する

## セッションの後

account-signed-out-title = サインアウトしました
account-signed-out-lead = { $organization } のセッションは終了しました。
account-signed-out-deleted-title = アカウントを削除しました
account-signed-out-deleted-lead = サインアウトしました。{ $organization } のアカウントはもう存在しません。
account-signed-out-deactivated-title = アカウントを無効にしました
account-signed-out-deactivated-lead = サインアウトしました。再びアカウントが必要になった場合は、{ $organization } の管理者にお問い合わせください。

## お知らせ

account-notice-profile-saved = 変更を保存しました。
account-notice-nothing-changed = 変更はありませんでした。
account-notice-address-pending = 新しいアドレスにリンクをお送りしました。リンクを開くと、アドレスが有効になります。
account-notice-password-changed = パスワードを変更しました。ほかのセッションはすべて終了しました。
account-notice-password-set = パスワードを保存しました。サインインできます。
account-notice-owner-ready = アカウントの準備ができました。サインインできます。
account-notice-session-ended = セッションを終了しました。
account-notice-sessions-ended = ほかのセッションをすべて終了しました。
account-notice-language-saved = 言語を保存しました。
account-notice-sign-in-again = サインアウトされました。もう一度サインインしてください。

## エラーのページ

account-error-page-400 = 処理できませんでした
account-error-page-401 = サインインしてください
account-error-page-403 = この操作は許可されていません
account-error-page-404 = ページが見つかりません
account-error-page-413 = 内容が多すぎます
account-error-page-429 = 試行回数が多すぎます
account-error-page-500 = サーバーで問題が発生しました
account-error-page-503 = 現在ご利用いただけません
account-error-advice-400 = リクエストが不完全か、古すぎました。前のページに戻って再読み込みし、もう一度お試しください。
account-error-advice-401 = このページはサインインした方だけがご覧になれます。
account-error-advice-403 = 許可が必要な場合は、管理者にお問い合わせください。
account-error-advice-foreign = フォームが別のサイトから送信されたか、ブラウザーが送信元を伝えていません。何も実行されていません。ここでページを開き、もう一度送信してください。
account-error-advice-404 = アドレスに誤りがあるか、ページが移動した可能性があります。
account-error-advice-413 = フォームの内容が受け付けられる量を超えています。何も保存されていません。前のページに戻り、入力を短くして、もう一度送信してください。
account-error-advice-later = しばらくしてからもう一度お試しください。
account-error-advice-500 = 問題を記録しました。しばらくしてからもう一度お試しください。
account-error-page-home = 最初のページへ
account-error-page-status = ステータス
account-error-page-request = リクエスト番号
account-retry-seconds = { $count ->
   *[other] { $count }秒後にもう一度お試しいただけます。
}
account-retry-minutes = { $count ->
   *[other] { $count }分後にもう一度お試しいただけます。
}
account-retry-hours = { $count ->
   *[other] { $count }時間後にもう一度お試しいただけます。
}

## フォームの誤り

account-error-sign-in = サインインできませんでした。ユーザー名またはパスワードが正しくないか、アカウントがロックされています。
account-error-username-missing = ユーザー名を入力してください。
account-error-username-mismatch = ユーザー名が一致しません。表示どおりに入力してください。
account-error-username-taken = この名前のアカウントはすでにあります。別の名前を選んでください。
account-error-email-invalid = name@example.comのような形式でメールアドレスを入力してください。
account-error-password-missing = パスワードを入力してください。
account-error-new-password-missing = 新しいパスワードを入力してください。
account-error-current-missing = 現在のパスワードを入力してください。
account-error-current-wrong = 現在のパスワードが正しくありません。
account-error-password-same = 新しいパスワードは、現在のものと異なる必要があります。
account-error-password-rule = 新しいパスワードが条件を満たしていません：{ $rule }
account-error-confirm-missing = 確認のため、チェックを入れてください。
account-error-of-field = { $label }：{ $message }
account-error-value-invalid = この値は使えません。
account-error-web-address = https://www.example.comのような形式でウェブアドレスを入力してください。
account-error-locale = ja-JPのような形式で言語と地域を入力してください。
account-error-time-zone = Asia/Tokyoのような形式でタイムゾーンを入力してください。

## パスワードの条件（一覧の項目）

password-too-short = { $count ->
   *[other] { $count }文字以上
}
password-too-long = { $count ->
   *[other] { $count }文字以内
}
password-no-upper = 英大文字を含む
password-no-lower = 英小文字を含む
password-no-digit = 数字を含む
password-no-special = 次のいずれかの文字を含む：{ $characters }
password-common = よく使われるパスワードではない
password-guessable = パターンから推測されにくい
password-personal = 名前やアドレスを含まない

## Attributes of the profile

account-field-username = ユーザー名
account-field-emails = メールアドレス
account-field-name-formatted = 氏名
account-field-name-familyname = 姓
account-field-name-givenname = 名
account-field-name-middlename = ミドルネーム
account-field-name-honorificprefix = 敬称（前）
account-field-name-honorificsuffix = 敬称（後）
account-field-displayname = 表示名
account-field-nickname = ニックネーム
account-field-profileurl = ウェブページ
account-field-locale = 地域形式
account-field-timezone = タイムゾーン
account-field-title = 役職
account-field-usertype = ユーザーの種類
account-field-employeenumber = 社員番号
account-field-costcenter = コストセンター
account-field-organization = 組織
account-field-division = 事業部
account-field-department = 部署
