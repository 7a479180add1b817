# The pages of one person in the console.

## The head of a person's pages

person-crumbs = 現在の場所
person-tabs = この人のページ
person-tab-profile = プロフィール
person-tab-groups = グループ
person-tab-sign-in = サインインとセッション
person-tab-assigned = 担当者
person-tab-history = 履歴
person-tab-json = JSON 形式
person-tab-danger = 危険な操作
person-operator = オペレーター
person-edit = 編集
person-more = その他
person-new = 新しいユーザー
person-save = 保存
person-cancel = キャンセル
person-none = なし
person-blank = 未入力
person-never = 一度もありません
person-yes = はい
person-no = いいえ
person-unsaid = 指定なし
person-state-active = 有効
person-state-invited = 招待済み
person-state-pending = 確認待ち
person-state-locked = ロック中
person-state-deactivated = 無効

## What can be done

person-lock = ロック…
person-unlock = ロック解除…
person-activate = 有効化…
person-deactivate = 無効化…
person-approve = 承認…
person-invite = 招待を送信…
person-reset = パスワードをリセット…
person-assign = オペレーターに割り当て
person-detach = 切り離す…
person-delete = 削除…
person-refused-role = お客様のロールではこの操作はできません。
person-refused-operators = オペレーターを変更できるのは所有者だけです。

## The profile

person-section = 個人情報
person-section-enterprise = 会社
person-managed-by = 管理元：
person-about = レコードについて
person-record = レコード
person-source = 作成元
person-source-admin = オペレーター
person-source-self = 本人
person-source-csv = インポート
person-source-other = ほかのプログラム
person-foreign-id = 作成元での ID
person-created = 作成日時
person-changed = 変更日時
person-version = バージョン
person-id = ID
person-last-sign-in = 最後のサインイン

## The form

person-edit-title = { $name } を編集
person-owned-hint = 接続が管理する値は接続元で変更します。
person-more-rows = さらに追加
person-rows-hint = 空にした行は削除されます。
person-hint-is = 現在は { $name } です。ユーザー名または ID を入力できます。
person-hint-username = サインインに使う名前です。
person-hint-displayname = 一覧やメールで他の人に表示されます。
person-hint-preferredlanguage = ja のような言語です。ページとメールに使われます。
person-hint-locale = ja-JP のような言語と地域です。
person-hint-timezone = Asia/Tokyo のようなタイムゾーンです。
person-hint-profileurl = https://www.example.com のような Web アドレスです。
person-hint-manager = ほかのユーザーのユーザー名または ID です。
person-field-name = 名前
person-field-externalid = 外部 ID
person-field-active = 有効
person-field-password = パスワード
person-field-groups = グループ
person-field-preferredlanguage = 言語
person-field-phonenumbers = 電話
person-field-ims = チャットのアドレス
person-field-photos = 画像
person-field-addresses = 住所
person-field-entitlements = 権利
person-field-roles = 作成元でのロール
person-field-manager = 上司
person-part-value = 値
person-part-type = 種類
person-part-primary = 優先
person-part-formatted = 住所全体
person-part-streetaddress = 番地
person-part-locality = 市区町村
person-part-region = 都道府県
person-part-postalcode = 郵便番号
person-part-country = 国
person-type-work = 勤務先
person-type-home = 自宅
person-type-other = その他
person-type-mobile = 携帯
person-type-fax = ファクス
person-type-pager = ポケットベル
person-type-photo = 写真
person-type-thumbnail = サムネイル
person-error-number = 12 や 1.5 のような数を入力してください。
person-error-moment = 2027-03-31T12:00:00Z のような日時を入力してください。
person-error-nobody = その名前または ID のユーザーはいません。

## Somebody else has saved

person-conflict-title = ほかの人がこのユーザーを変更しました
person-conflict-lead = お客様がフォームを開いた後、{ $name } が { $when } に保存しました。お客様の変更はまだ保存されていません。
person-differences = 相違点
person-attribute = 属性
person-opened = 開いたとき
person-theirs = その間に保存された値
person-yours = お客様の入力
person-keep-theirs = 相手の値を残す：
person-write-mine = 自分の値で上書きする：
person-not-yours = お客様は変更していません
person-save-choice = 選んだ内容を保存
person-discard = 自分の変更を破棄
person-back-to-form = フォームに戻る

## Groups

person-groups-none = まだどのグループにも入っていません。
person-groups-count = { $count } 件のグループ
person-group = グループ名
person-membership = 所属
person-direct = 直接
person-indirect = ほかのグループを通じて
person-indirect-hint = ほかのグループを通じた所属は、そのグループから外れると終わります。
person-choose = 選択
person-with-groups = 選択したグループ
person-leave = これらのグループから外す…
person-leave-pick = { $name } から外す
person-join = グループに追加
person-join-title = { $name } をグループに追加
person-join-pick = { $name } に追加
person-join-search = 名前の先頭
person-search = 検索
person-join-none = その名前のグループはありません。
person-join-none-hint = 別の名前の先頭を入力するか、何も入力せずに最初のグループを表示してください。
person-join-already = すでにメンバーです
person-join-review = 確認…
person-join-more = ほかにもあります。名前をさらに入力してください。
person-regroup-title = { $name } のグループを変更しますか？
person-regroup-nothing = グループが選択されていません。
person-regroup-adds = { $count } 件のグループに追加します。
person-regroup-removes = { $count } 件のグループから外します。
person-changes = 変更内容
person-change = 変更
person-added = 追加
person-removed = 削除

## Sign-in

person-account = アカウント
person-state = 状態
person-reason = 理由
person-reason-hint = ほかのオペレーターに表示されます。本人には表示されません。
person-reason-failedattempts = パスワードの誤りが多すぎます
person-locked-since = ロック開始
person-locked-until = ロック終了
person-until-unlocked = オペレーターが解除するまで
person-letters-to = メールの宛先
person-address = アドレス
person-address-proven = リンクで確認済み
person-address-unproven = 未確認
person-password = パスワード
person-password-set = 設定済み
person-password-none = ありません
person-password-temporary = 仮パスワード（初回サインイン時に変更）
person-password-expired = 仮パスワードは期限切れです
person-password-changed = 変更日時
person-password-expires = 有効期限
person-failures = 連続した誤り
person-failures-of = { $limit } 回中 { $count } 回
person-last-failure = 最後の誤ったパスワード
person-sessions = セッション
person-sessions-none = セッションはありません。
person-where = 場所
person-last-used = 最後の使用
person-since = 開始
person-actions = 操作
person-end = 終了
person-end-session = セッション { $name }
person-end-all = すべて終了…
person-token = API トークン
person-browser-unknown = 不明なブラウザー
person-letters = メール
person-letters-none = 最近送信されたメールはありません。
person-letter = メールの種類
person-when = 日時
person-outcome = 結果
person-letter-sent = 送信済み
person-letter-failed = 未送信
person-letter-waits = 送信中
person-letter-invite = 招待
person-letter-reset = パスワード設定用リンク
person-letter-reset-by-administrator = パスワード設定用リンク（オペレーターから）
person-letter-verify = アドレス確認用リンク
person-letter-registered-already = アカウントはすでにあります
person-letter-approved = アカウントが承認されました
person-letter-password-changed = パスワードが変更されました
person-letter-locked = アカウントがロックされました
person-letter-locked-automatically = アカウントが一時的にロックされました
person-letter-second-factor-removed = 第 2 要素が削除されました
person-factor = 第 2 要素の設定日時
person-factor-none = ありません
person-factor-reset = 第 2 要素を削除…
person-factor-reset-title = { $name } の第 2 要素を削除しますか？
person-factor-reset-words = 紛失した人のための操作です。すべてのセッションが終了し、メールで通知され、パスワードだけでサインインできるようになります。
person-factor-reset-tick = 依頼者が本人であることを確認しました
person-factor-reset-button = 削除する
person-letter-address-changed = アドレスが変更されました

## Assigned to

person-assigned-nobody = この顧客の担当者はいません。
person-assigned-rule = 顧客の担当は一度に 1 人のオペレーターだけです。
person-assigned-operator = 顧客はオペレーターに割り当てられますが、オペレーターは誰にも割り当てられません。
person-customers = このオペレーターの顧客
person-assigned-choose = オペレーター
person-assigned-ends = { $name } への割り当ては終わります。
person-assigned-end = 割り当てを終了
person-error-operator = オペレーターを選択してください。

## History

person-by = 実行者
person-by-anybody = すべて
person-by-connections = 接続
person-by-operators = オペレーター
person-by-person = 本人
person-by-connection = 接続 { $name }
person-apply = 適用
person-history-none = 記録はありません。
person-in-log = プロビジョニングログのリクエスト
person-changes-at = { $when } の変更内容
person-before = 変更前
person-after = 変更後
person-did-create = 作成：
person-did-modify = 変更：
person-did-replace = 置換：
person-did-delete = 削除：
person-did-revive = 復元：
person-did-detach = 切り離し：
person-did-view-as-customer = 顧客として表示した人
person-did-end-sessions = セッション終了：
person-did-purge = 消去：
person-did-add-second-factor = 第 2 要素の設定：
person-did-remove-second-factor = 第 2 要素の削除：
person-did-new-recovery-codes = 回復コードの作成：
person-did-use-recovery-code = 回復コードの使用：
person-did-create-operator-token = API トークン作成：
person-secret-set = 設定済み
person-secret-removed = 削除済み

## The resource

person-json-title = API の応答どおり
person-workbench = ワークベンチで開く

## Questions before something is done

person-how = 方法
person-no-way-back = この操作は取り消せません。
person-lock-title = { $name } をロックしますか？
person-lock-words = すべてのセッションが直ちに終了し、ロックが解除されるまでサインインできません。
person-lock-owned = すべてのセッションが直ちに終了し、ロックが解除されるまでサインインできません。{ $connection } によるアカウントの扱いは変わりません。
person-lock-tick = このアカウントをロックします
person-lock-button = アカウントをロック
person-unlock-title = { $name } のロックを解除しますか？
person-unlock-words = アカウントが無効でなければ、再びサインインできます。
person-unlock-button = ロックを解除
person-activate-title = { $name } を有効にしますか？
person-activate-words = アカウントを再び使えるようになります。
person-activate-button = アカウントを有効化
person-deactivate-title = { $name } を無効にしますか？
person-deactivate-words = 長期の措置です。すべてのセッションが終了し、有効化されるまでアカウントを使えません。
person-deactivate-owned = 長期の措置です。このアカウントは { $connection } のものです。接続元で無効にするか、ここでロックしてください。
person-deactivate-button = アカウントを無効化
person-approve-title = { $name } を承認しますか？
person-approve-words = この人は登録を済ませています。アカウントが有効になり、メールで通知されます。
person-approve-button = 承認する
person-invite-title = { $name } を招待しますか？
person-invite-words = リンク先のページでパスワードを選べます。以前のリンクは無効になります。
person-invite-button = 招待する
person-reset-title = { $name } のパスワードをリセット
person-reset-button = パスワードをリセット
person-reset-block = 現在のパスワードを今すぐ使えなくする
person-reset-block-hint = 選ばない場合、リンクが使われるまで有効です。
person-way-mail = リンクを送信
person-way-mail-hint = 宛先は { $address } です。{ $life }有効です。
person-way-mail-none = この人にはメールアドレスがありません。
person-way-link = リンクをコピー
person-way-link-hint = ご自身でお渡しください。メールは送信されません。{ $life }有効です。
person-way-temporary = 仮パスワードを設定
person-way-temporary-hint = 自動で作成され、一度だけ表示されます。{ $life }有効です。すべてのセッションが終了します。
person-minutes = { $count } 分間
person-hours = { $count } 時間
person-end-sessions-title = { $name } のすべてのセッションを終了しますか？
person-end-sessions-words = { $count } 件のセッションが終了します。再びサインインできます。
person-end-sessions-button = すべてのセッションを終了
person-detach-title = { $name } を切り離しますか？
person-detach-words = { $connection } が管理する値をここで編集できるようになり、{ $connection } からはこのユーザーが見えなくなります。
person-detach-none = このユーザーを管理する接続はありません。
person-detach-button = ユーザーを切り離す
person-delete-title = { $name } を削除しますか？
person-delete-words = 取り消せません。ユーザー名は再び使えるようになります。名前はしばらく削除済みの一覧に残ります。
person-delete-groups = { $count } 件の所属が終わります。
person-delete-sessions = { $count } 件のセッションが終了します。
person-delete-gone = 以後、この ID に対する API の応答は 404 になります。
person-delete-type = 確認のためユーザー名を入力してください
person-delete-tick = このアカウントを完全に削除します
person-delete-button = 完全に削除
person-purge-title = { $name } の残りの記録を消去しますか？
person-purge-words = 削除済みの項目と、履歴の値が消去されます。
person-purge-tick = 完全に消去します
person-purge-button = 消去
person-deleted-list = 削除済み
person-error-reason = 1 行 200 文字以内で入力してください。
person-error-typed = ユーザー名が違います。表示どおりに入力してください。
person-error-way = 方法を選択してください。

## Shown once

person-password-made = { $name } の仮パスワード
person-password-words = 表示は今回だけです。{ $when } まで有効で、初回サインイン時に変更が必要です。
person-link-made = { $name } 用のリンク
person-link-words = 本人だけが読める方法でお渡しください。{ $when } まで一度だけ有効で、再び表示されません。
person-link = リンク
person-open = ユーザーを開く

## What has just been done

person-notice-activated = アカウントは有効です。
person-notice-approved = アカウントを承認しました。
person-notice-assigned = 顧客を割り当てました。
person-notice-deactivated = アカウントを無効にしました。
person-notice-deleted = アカウントを削除しました。
person-notice-detached = ユーザーはここで管理されるようになりました。
person-notice-factor = 第 2 要素を削除しました。
person-notice-groups = グループを変更しました。
person-notice-invited = 招待を送信しています。
person-notice-locked = アカウントをロックしました。
person-notice-nothing = 変更はありません。
person-notice-purged = 残りの記録を消去しました。
person-notice-released = 担当者はいなくなりました。
person-notice-reset = リンクを送信しています。
person-notice-session = セッションを終了しました。
person-notice-sessions = すべてのセッションを終了しました。
person-notice-unlocked = ロックを解除しました。
person-as-customer = 顧客として表示
person-as-customer-words = { $name } さんがアカウント画面で見ている内容です。ここでは何も変更できず、閲覧したことは履歴に残ります。
person-as-customer-changes = 変更可
