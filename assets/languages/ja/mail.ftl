# メールの語句。日時($expires、$time、$until)は「2026年3月7日 09:05(UTC)」のように表示されます。

mail-greeting = { $name } 様
mail-greeting-nameless = ご利用者様
mail-link-hint = ボタンが機能しない場合は、次のアドレスをブラウザーにコピーしてください。
mail-footer = このメールは { $organization } から自動的に送信されています。

mail-invite-subject = { $organization } への招待
mail-invite-text =
    { $organization } に招待されました。ユーザー名は { $username } です。

    パスワードを設定すると、メールアドレスが確認され、アカウントを利用できるようになります。
mail-invite-button = パスワードを設定する
mail-invite-note = このリンクは { $expires } まで、1回に限り有効です。この招待に心当たりがない場合は、このメールを無視してください。

mail-reset-subject = { $organization } のパスワードの再設定
mail-reset-text =
    { $organization } のアカウント { $username } について、パスワードの再設定の依頼がありました。

    ご本人による依頼の場合は、新しいパスワードを設定してください。
mail-reset-button = 新しいパスワードを設定する
mail-reset-note = このリンクは { $expires } まで、1回に限り有効です。心当たりがない場合は、このメールを無視してください。パスワードは変更されません。

mail-reset-by-administrator-subject = { $organization } の新しいパスワードを設定してください
mail-reset-by-administrator-text =
    { $organization } の管理者が、アカウント { $username } の新しいパスワードの設定をお願いしています。
mail-reset-by-administrator-button = 新しいパスワードを設定する
mail-reset-by-administrator-note = このリンクは { $expires } まで、1回に限り有効です。このメールに不安がある場合は、リンクを開く前に管理者にお問い合わせください。

mail-verify-subject = { $organization } に登録するメールアドレスの確認
mail-verify-text =
    このメールアドレスで { $organization } への登録が行われました。

    ご本人による登録の場合は、メールアドレスを確認して登録を続けてください。
mail-verify-button = メールアドレスを確認する
mail-verify-note = このリンクは { $expires } まで、1回に限り有効です。心当たりがない場合は、このメールを無視してください。確認が行われない限り、登録は有効になりません。

mail-registered-already-subject = { $organization } のアカウントをすでにお持ちです
mail-registered-already-text =
    このメールアドレスで { $organization } への登録が試みられましたが、すでにアカウントをお持ちです。ユーザー名は { $username } です。

    このユーザー名でサインインできます。パスワードを忘れた場合は、サインイン画面から再設定できます。
mail-registered-already-button = サインインする
mail-registered-already-note = 心当たりがない場合は、このメールを無視してください。アカウントの内容は変更されていません。

mail-approved-subject = { $organization } のアカウントを利用できるようになりました
mail-approved-text =
    { $organization } への登録が承認されました。ユーザー名 { $username } でサインインできます。
mail-approved-button = サインインする
mail-approved-note = 登録に心当たりがない場合は、{ $organization } の管理者にお知らせください。

mail-password-changed-subject = { $organization } のパスワードが変更されました
mail-password-changed-text =
    { $organization } のアカウント { $username } のパスワードが { $time } に変更されました。

    ご本人による変更の場合は、何もする必要はありません。

    心当たりがない場合は、すぐにパスワードを再設定し、{ $organization } の管理者にお知らせください。
mail-password-changed-button = パスワードを再設定する

mail-locked-subject = { $organization } のアカウントがロックされました
mail-locked-text =
    { $organization } の管理者が { $time } にアカウント { $username } をロックしました。ロックが解除されるまでサインインできません。

    理由に心当たりがない場合は、{ $organization } の管理者にお問い合わせください。

mail-locked-automatically-subject = { $organization } のアカウントが一時的にロックされています
mail-locked-automatically-text =
    { $organization } のアカウント { $username } へのサインインに繰り返し失敗したため、{ $time } にアカウントがロックされました。{ $until } から再びサインインできます。

    ご本人による操作の場合は、ほかに何もする必要はありません。

    心当たりがない場合は、第三者がパスワードを推測しようとしている可能性があります。{ $organization } の管理者にお知らせください。同じパスワードをほかでも使っている場合は、変更してください。

mail-address-changed-subject = { $organization } のメールアドレスが変更されました
mail-address-changed-text =
    { $organization } のアカウント { $username } のメールアドレスが { $time } に変更されました。新しいメールアドレスは { $address } です。今後、アカウントに関するメールはそちらに送信されます。

    ご本人による変更の場合は、何もする必要はありません。

    この変更に心当たりがない場合は、すぐに { $organization } の管理者にお知らせください。

mail-second-factor-removed-subject = { $organization } の第 2 要素が削除されました
mail-second-factor-removed-text =
    { $organization } のアカウント { $username } の第 2 要素が { $time } に削除されました。新しい第 2 要素を設定するまでは、パスワードだけでサインインできます。

    ご本人の依頼による場合は、次回のサインイン時に新しい第 2 要素を設定してください。

    心当たりがない場合は、すぐに { $organization } の管理者にお知らせのうえ、パスワードを変更してください。
