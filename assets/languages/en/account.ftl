# The pages that a person meets: signing in, registering, the account.

## Every page

account-skip = Skip to content
account-signed-in-as = Signed in as
account-sign-out = Sign out
account-language-menu = Language of this page
account-navigation = Your account
# Stands before the title of a page whose form has errors.
account-error-state = Error:
account-summary-title = Please check what you entered
account-optional = (optional)
account-empty = (empty)

## Words of several forms

account-username = Username
account-username-hint = This is often your e-mail address.
account-email = E-mail address
account-password = Password
account-current-password = Current password
account-new-password = New password
account-given-name = First name
account-family-name = Last name
account-rules-title = Rules for the password:
account-rules-paste = You can paste a password from a password manager.
account-mail-missing = Nothing there after a few minutes? Look in your spam folder too, and check that you typed the address correctly.
account-back-to-sign-in = Back to sign-in
account-sign-in-again = Sign in again

## Signing in

account-sign-in-title = Sign in
account-sign-in-lead = Sign in with your account at { $organization }.
account-sign-in-button = Sign in
account-sign-in-forgot = Forgot your password?
account-sign-in-register = Create an account

## Choosing a password

account-set-invite-title = Choose your password
account-set-invite-lead = You have been invited to { $organization }. Choose the password that you will sign in with. This also confirms your e-mail address.
account-set-reset-title = Choose a new password
account-set-reset-lead = From then on you sign in to { $organization } with the new password only. You will be signed out everywhere.
account-set-must-title = Please change your password
account-set-must-lead = Your present password is temporary or has expired. Choose one that only you know to continue to { $organization }.
account-set-button = Save password

## Registering

account-register-title = Create an account
account-register-lead = Your account will be at { $organization }. You confirm your e-mail address before you can use it.
account-register-address-hint = You will sign in with this address. We send a link to it.
account-register-email-hint = We send a link to this address.
account-register-username-hint = You will sign in with this name.
account-register-button = Create account
account-register-have = I already have an account
account-registered-title = Check your mailbox
account-registered-lead = If the address is new here, a message with a link is on its way. Open the link to confirm your address.
account-verify-title = Confirm your address
account-verify-lead = One step is left for your account at { $organization }.
account-verify-button = Confirm my address
account-verified-title = Your address is confirmed
account-verified-lead = Your account is ready. You can sign in now.
account-verified-waits = An administrator of { $organization } still has to approve your account. You will get a message when that is done.
account-verified-back = Back to the application
account-welcome-title = Welcome to Muster
account-welcome-lead = You are setting up { $organization }. Create your account: it becomes the first owner, who may do everything in the console.
account-welcome-address-hint = You will sign in with this address.

## A forgotten password

account-forgot-title = Reset your password
account-forgot-lead = Tell us your username. We send a link for choosing a new password to the e-mail address of the account.
account-forgot-button = Send link
account-forgot-sent-title = Check your mailbox
account-forgot-sent-lead = If there is such an account, a message with a link is on its way. The link works once and for a limited time.
account-link-dead-title = This link no longer works
account-link-dead-lead = It has been used, has expired, or a newer link has replaced it.
account-link-dead-invite = If you have already chosen your password, you can sign in. Otherwise ask an administrator of { $organization } for a new invitation.
account-link-dead-reset = You can ask for a new link to your account at { $organization }.
account-link-dead-verify = If you have already confirmed your address, you can sign in to { $organization }. Otherwise register again to get a new link.
account-link-dead-welcome = If you have already created your account, you can sign in. Otherwise “muster init” on the server makes a new link.
account-link-dead-button = Get a new link

## The profile

account-profile-title = Profile
account-profile-managed = These values are managed for you. To have one changed, ask an administrator.
# The name of the connection that an identity provider or HR system comes by.
account-managed-by = Managed by { $connection }
account-profile-button = Save changes
account-choice-none = No choice made
account-conflict-title = Somebody changed this profile at the same time
account-conflict-lead = Nothing has been saved yet. The form below holds your entries. Compare, correct them if needed, and save again.
account-conflict-theirs = Saved now
account-conflict-yours = Your entry
account-conflict-discard = Discard my entries
account-export-title = Your data
account-export-lead = Download what { $organization } has stored about you, as a file in JSON format.
account-export-link = Download my data

## The password

account-password-title = Password
account-password-lead = When you change your password, you are signed out everywhere else.
account-password-last = Last changed: { $when }
account-password-button = Change password

## Sessions

account-sessions-title = Sessions
account-sessions-lead = You are signed in here. If you do not recognise a session, end it and change your password.
account-sessions-current = This session
account-sessions-agent = { $browser } on { $system }
account-sessions-address = Network address
account-sessions-since = Signed in
account-sessions-last-used = Last used
account-sessions-end = End session
account-sessions-end-others = End all other sessions

## Groups

account-groups-title = My access
account-groups-lead = Your groups decide what you may use at { $organization }.
account-groups-count = { $count ->
    [one] You are in { $count } group.
   *[other] You are in { $count } groups.
}
account-groups-none = You are not in any group yet.
account-groups-indirect = Through another group

## The language

account-language-title = Language
account-language-lead = In which language should we address you, here and in messages?
account-language-button = Save language

## Leaving

account-leave-title = Leave
account-leave-lead = Here you can end your account at { $organization } yourself.
account-leave-last-owner = You are the last owner of { $organization }. Make somebody else an owner before you leave.
account-leave-neither = Your account is managed by { $organization }. To have it closed, ask an administrator.
account-deactivate-title = Deactivate my account
account-deactivate-lead = You are signed out at once and cannot sign in any more. Your data stays stored. An administrator can activate the account again.
account-deactivate-confirm = I want to deactivate my account
account-deactivate-button = Deactivate account
account-delete-title = Delete my account
account-delete-lead = Your account is deleted with your profile and your memberships. This cannot be undone.
account-delete-username = To confirm, type your username:
account-delete-button = Delete account forever

## After a session

account-signed-out-title = You are signed out
account-signed-out-lead = Your session at { $organization } has ended.
account-signed-out-deleted-title = Your account has been deleted
account-signed-out-deleted-lead = You are signed out. Your account at { $organization } no longer exists.
account-signed-out-deactivated-title = Your account has been deactivated
account-signed-out-deactivated-lead = You are signed out. If you need the account again, ask an administrator of { $organization }.

## Notices

account-notice-profile-saved = Your changes have been saved.
account-notice-nothing-changed = Nothing was changed.
account-notice-address-pending = We have sent a link to the new address. It counts once you have opened the link.
account-notice-password-changed = Your password has been changed. All other sessions have ended.
account-notice-password-set = Your password has been saved. You can sign in now.
account-notice-owner-ready = Your account is ready. You can sign in now.
account-notice-session-ended = The session has ended.
account-notice-sessions-ended = All other sessions have ended.
account-notice-language-saved = Your language has been saved.
account-notice-sign-in-again = You have been signed out. Please sign in again.

## Pages for errors

account-error-page-400 = That did not work
account-error-page-401 = Please sign in
account-error-page-403 = You are not allowed to do this
account-error-page-404 = There is no such page
account-error-page-413 = That was too much
account-error-page-429 = Too many attempts
account-error-page-500 = Something went wrong on our side
account-error-page-503 = Not available at the moment
account-error-advice-400 = The request was incomplete or too old. Go back, reload the page and try again.
account-error-advice-401 = This page is only for people who are signed in.
account-error-advice-403 = If you think that you should be, ask an administrator.
account-error-advice-foreign = The form came from another site, or your browser hides where it came from. Nothing was done. Open the page here and send it again.
account-error-advice-404 = The address may be mistyped, or the page has moved.
account-error-advice-413 = The form holds more than we accept. Nothing was saved. Go back, shorten what you entered, and send it again.
account-error-advice-later = Please try again later.
account-error-advice-500 = We have recorded it. Please try again later.
account-error-page-home = To the start page
account-error-page-status = Status
account-error-page-request = Request number
account-retry-seconds = { $count ->
    [one] You can try again in { $count } second.
   *[other] You can try again in { $count } seconds.
}
account-retry-minutes = { $count ->
    [one] You can try again in { $count } minute.
   *[other] You can try again in { $count } minutes.
}
account-retry-hours = { $count ->
    [one] You can try again in { $count } hour.
   *[other] You can try again in { $count } hours.
}

## What is wrong with a form

account-error-sign-in = Signing in did not work. The username or the password is wrong, or the account is locked.
account-error-username-missing = Enter your username.
account-error-username-mismatch = This is not your username. Type it as it is shown.
account-error-username-taken = There is already an account with this name. Choose another one.
account-error-email-invalid = Enter an e-mail address such as name@example.com.
account-error-password-missing = Enter your password.
account-error-new-password-missing = Enter a new password.
account-error-current-missing = Enter your current password.
account-error-current-wrong = The current password is wrong.
account-error-password-same = The new password must differ from the current one.
account-error-password-rule = The new password breaks a rule: { $rule }.
account-error-confirm-missing = Tick the box to confirm.
# One line of the summary of errors.
account-error-of-field = { $label }: { $message }
account-error-value-invalid = This value is not allowed here.
account-error-web-address = Enter a web address such as https://www.example.com.
account-error-locale = Enter a language and a region such as en-GB.
account-error-time-zone = Enter a time zone such as Europe/Berlin.

## Rules for passwords, as entries of a list

password-too-short = { $count ->
    [one] at least { $count } character
   *[other] at least { $count } characters
}
password-too-long = { $count ->
    [one] at most { $count } character
   *[other] at most { $count } characters
}
password-no-upper = an upper-case letter
password-no-lower = a lower-case letter
password-no-digit = a digit
password-no-special = one of the characters { $characters }
password-common = not a common password
password-guessable = not easy to guess by its pattern
password-personal = without your name or address

## Attributes of the profile

account-field-username = Username
account-field-emails = E-mail address
account-field-name-formatted = Full name
account-field-name-familyname = Last name
account-field-name-givenname = First name
account-field-name-middlename = Middle name
account-field-name-honorificprefix = Title before the name
account-field-name-honorificsuffix = Suffix after the name
account-field-displayname = Display name
account-field-nickname = Nickname
account-field-profileurl = Web page
account-field-locale = Regional format
account-field-timezone = Time zone
account-field-title = Job title
account-field-usertype = Kind of user
account-field-employeenumber = Employee number
account-field-costcenter = Cost center
account-field-organization = Organization
account-field-division = Division
account-field-department = Department
