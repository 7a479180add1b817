# The dashboard of the console.

dashboard-welcome = Welcome to Muster
dashboard-welcome-words = A few steps to the first user from your identity provider. You can leave at any point; the list stays until it is done.
dashboard-setup = Set-up
dashboard-progress = { $done } of { $all }
dashboard-todo = To do
dashboard-backup = Have you arranged for backups of the database? That is done outside of the console.
dashboard-hide = Hide this list
dashboard-held = { $count ->
    [one] 1 change is held.
   *[other] { $count } changes are held.
}
dashboard-held-words = A shield has stopped deactivations, deletions or removals that were more than usual.
dashboard-held-look = Look at them
dashboard-decide = Decide
dashboard-deactivations = { $count ->
    [one] 1 deactivation
   *[other] { $count } deactivations
}
dashboard-deletions = { $count ->
    [one] 1 deletion
   *[other] { $count } deletions
}
dashboard-removals = { $count ->
    [one] 1 member who leaves a group
   *[other] { $count } members who leave groups
}
dashboard-all = All connections
dashboard-requests = Requests, 24 h
dashboard-token-days = Token, days left
dashboard-letters = Failed mails
dashboard-letters-none = No mail has failed.
dashboard-letters-what = To, subject and reason
dashboard-attempts = { $count ->
    [one] 1 try
   *[other] { $count } tries
}
dashboard-again = Send again
dashboard-notice-again = The mail is being sent again.
dashboard-step-owner = Owner and first sign-in
dashboard-step-factor = Second factor
dashboard-step-factor-words = A code from an application on your telephone, besides the password.
dashboard-step-factor-link = Set it up
dashboard-step-provider = Connect an identity provider
dashboard-step-provider-words = Microsoft Entra ID, Okta, Keycloak and others have a guide. Done when the first request has arrived.
dashboard-step-provider-link = Open the set-up
dashboard-step-mail = Mail server
dashboard-step-mail-words = No mail has been sent yet, or the last one failed. Without a mail server, invitations are links that you hand over yourself.
dashboard-step-mail-link = Settings of mail
dashboard-step-second = Second owner
dashboard-step-second-words = With one owner, nobody can help when that person is away.
dashboard-step-second-link = Invite an operator
