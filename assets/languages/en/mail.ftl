# Words of the letters. A letter has a subject, a text whose paragraphs are separated by empty lines,
# a button with a link (some letters have none) and a note below it.
# Times ($expires, $time, $until) read like "7 March 2026 at 09:05 UTC".

mail-greeting = Hello { $name },
# The greeting of somebody whose name is not known.
mail-greeting-nameless = Hello,
mail-link-hint = If the button does not work, copy this address into your browser:
mail-footer = { $organization } sent this message automatically.

# An administrator has created the account.
mail-invite-subject = Your invitation to { $organization }
mail-invite-text =
    You have been invited to { $organization }. Your username is { $username }.

    Choose a password to confirm your address and to open your account.
mail-invite-button = Choose a password
mail-invite-note = The link works once, until { $expires }. If you did not expect this invitation, you can ignore this message.

# Somebody has said that the password is forgotten.
mail-reset-subject = Reset your password at { $organization }
mail-reset-text =
    Somebody, probably you, asked to reset the password of the account { $username } at { $organization }.

    If it was you, choose a new password.
mail-reset-button = Choose a new password
mail-reset-note = The link works once, until { $expires }. If it was not you, you can ignore this message; your password stays as it is.

# An administrator has asked for a new password.
mail-reset-by-administrator-subject = Please choose a new password at { $organization }
mail-reset-by-administrator-text =
    An administrator of { $organization } asks you to choose a new password for the account { $username }.
mail-reset-by-administrator-button = Choose a new password
mail-reset-by-administrator-note = The link works once, until { $expires }. If you are not sure about this message, ask an administrator before you follow the link.

# Somebody has registered with this address.
mail-verify-subject = Confirm your address for { $organization }
mail-verify-text =
    This address was used to register at { $organization }.

    If it was you, confirm the address to continue your registration.
mail-verify-button = Confirm my address
mail-verify-note = The link works once, until { $expires }. If it was not you, you can ignore this message; without your confirmation the registration has no effect.

# Somebody has registered with an address that has an account.
mail-registered-already-subject = You already have an account at { $organization }
mail-registered-already-text =
    Somebody, probably you, tried to register at { $organization } with this address. You already have an account there. Your username is { $username }.

    You can sign in with it. If you have forgotten your password, you can reset it on the sign-in page.
mail-registered-already-button = Sign in
mail-registered-already-note = If it was not you, you can ignore this message. Nothing about your account has changed.

# An administrator has approved a registration.
mail-approved-subject = Your account at { $organization } is ready
mail-approved-text =
    Your registration at { $organization } has been approved. You can now sign in with the username { $username }.
mail-approved-button = Sign in
mail-approved-note = If you did not register, please tell an administrator of { $organization }.

# The password has a new value.
mail-password-changed-subject = Your password at { $organization } was changed
mail-password-changed-text =
    The password of the account { $username } at { $organization } was changed on { $time }.

    If it was you, there is nothing to do.

    If it was not you, reset your password now and tell an administrator of { $organization }.
mail-password-changed-button = Reset my password

# An administrator has locked the account.
mail-locked-subject = Your account at { $organization } was locked
mail-locked-text =
    An administrator of { $organization } locked the account { $username } on { $time }. Until it is unlocked, you cannot sign in.

    If you do not know why, please ask an administrator of { $organization }.

# The account is locked for a while after wrong passwords.
mail-locked-automatically-subject = Your account at { $organization } is locked for a while
mail-locked-automatically-text =
    There were too many failed attempts to sign in to the account { $username } at { $organization }. It was therefore locked on { $time }. From { $until } you can sign in again.

    If it was you, there is nothing else to do.

    If it was not you, somebody may be trying to guess your password. Please tell an administrator of { $organization }, and change your password if you use it anywhere else.

# Sent to the old address. $address is the new one, shortened.
mail-address-changed-subject = Your e-mail address at { $organization } was changed
mail-address-changed-text =
    The e-mail address of the account { $username } at { $organization } was changed on { $time }. The new address is { $address }. Messages about the account now go there.

    If it was you, there is nothing to do.

    If you did not want this change, please tell an administrator of { $organization } now.

# The account has no second factor any more.
mail-second-factor-removed-subject = Your second factor at { $organization } was removed
mail-second-factor-removed-text =
    The second factor of the account { $username } at { $organization } was removed on { $time }. Until a new one is set up, the password alone is enough to sign in.

    If you asked for it, please set up a new one when you next sign in.

    If you did not, please tell an administrator of { $organization } immediately, and change your password.
