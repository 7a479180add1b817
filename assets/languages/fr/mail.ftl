# Mots des messages. Les dates ($expires, $time, $until) se lisent « 7 mars 2026 à 09:05 (UTC) ».

mail-greeting = Bonjour { $name },
mail-greeting-nameless = Bonjour,
mail-link-hint = Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :
mail-footer = Ce message a été envoyé automatiquement par { $organization }.

mail-invite-subject = Votre invitation à rejoindre { $organization }
mail-invite-text =
    Vous avez été invité(e) à rejoindre { $organization }. Votre nom d’utilisateur est { $username }.

    Choisissez un mot de passe pour confirmer votre adresse et ouvrir votre compte.
mail-invite-button = Choisir un mot de passe
mail-invite-note = Le lien ne peut servir qu’une fois, jusqu’au { $expires }. Si vous n’attendiez pas cette invitation, vous pouvez ignorer ce message.

mail-reset-subject = Réinitialisation de votre mot de passe chez { $organization }
mail-reset-text =
    Quelqu’un, probablement vous, a demandé la réinitialisation du mot de passe du compte { $username } chez { $organization }.

    Si c’est bien vous, choisissez un nouveau mot de passe.
mail-reset-button = Choisir un nouveau mot de passe
mail-reset-note = Le lien ne peut servir qu’une fois, jusqu’au { $expires }. Si ce n’est pas vous, vous pouvez ignorer ce message ; votre mot de passe reste inchangé.

mail-reset-by-administrator-subject = Veuillez choisir un nouveau mot de passe chez { $organization }
mail-reset-by-administrator-text =
    L’administration de { $organization } vous demande de choisir un nouveau mot de passe pour le compte { $username }.
mail-reset-by-administrator-button = Choisir un nouveau mot de passe
mail-reset-by-administrator-note = Le lien ne peut servir qu’une fois, jusqu’au { $expires }. Si vous avez un doute au sujet de ce message, renseignez-vous auprès de l’administration avant de suivre le lien.

mail-verify-subject = Confirmez votre adresse pour { $organization }
mail-verify-text =
    Une inscription chez { $organization } a été commencée avec cette adresse.

    Si c’est bien vous, confirmez l’adresse pour poursuivre votre inscription.
mail-verify-button = Confirmer mon adresse
mail-verify-note = Le lien ne peut servir qu’une fois, jusqu’au { $expires }. Si ce n’est pas vous, vous pouvez ignorer ce message ; sans votre confirmation, l’inscription reste sans effet.

mail-registered-already-subject = Vous avez déjà un compte chez { $organization }
mail-registered-already-text =
    Quelqu’un, probablement vous, a tenté de s’inscrire chez { $organization } avec cette adresse. Vous y avez déjà un compte. Votre nom d’utilisateur est { $username }.

    Vous pouvez vous connecter avec ce nom. Si vous avez oublié votre mot de passe, vous pouvez le réinitialiser depuis la page de connexion.
mail-registered-already-button = Se connecter
mail-registered-already-note = Si ce n’est pas vous, vous pouvez ignorer ce message. Rien n’a changé dans votre compte.

mail-approved-subject = Votre compte chez { $organization } est prêt
mail-approved-text =
    Votre inscription chez { $organization } a été acceptée. Vous pouvez maintenant vous connecter avec le nom d’utilisateur { $username }.
mail-approved-button = Se connecter
mail-approved-note = Si vous ne vous êtes pas inscrit(e), veuillez prévenir l’administration de { $organization }.

mail-password-changed-subject = Votre mot de passe chez { $organization } a été modifié
mail-password-changed-text =
    Le mot de passe du compte { $username } chez { $organization } a été modifié le { $time }.

    Si c’est bien vous, vous n’avez rien à faire.

    Si ce n’est pas vous, réinitialisez immédiatement votre mot de passe et prévenez l’administration de { $organization }.
mail-password-changed-button = Réinitialiser mon mot de passe

mail-locked-subject = Votre compte chez { $organization } a été verrouillé
mail-locked-text =
    L’administration de { $organization } a verrouillé le compte { $username } le { $time }. Tant qu’il n’est pas déverrouillé, vous ne pouvez pas vous connecter.

    Si vous n’en connaissez pas la raison, veuillez vous adresser à l’administration de { $organization }.

mail-locked-automatically-subject = Votre compte chez { $organization } est temporairement verrouillé
mail-locked-automatically-text =
    Il y a eu trop de tentatives de connexion infructueuses au compte { $username } chez { $organization }. Il a donc été verrouillé le { $time }. Vous pourrez de nouveau vous connecter à partir du { $until }.

    Si c’est bien vous, vous n’avez rien d’autre à faire.

    Si ce n’est pas vous, quelqu’un essaie peut-être de deviner votre mot de passe. Veuillez prévenir l’administration de { $organization }, et changez votre mot de passe si vous l’utilisez ailleurs.

mail-address-changed-subject = Votre adresse e-mail chez { $organization } a été modifiée
mail-address-changed-text =
    L’adresse e-mail du compte { $username } chez { $organization } a été modifiée le { $time }. La nouvelle adresse est { $address }. Les messages concernant ce compte y sont désormais envoyés.

    Si c’est bien vous, vous n’avez rien à faire.

    Si vous n’avez pas souhaité ce changement, veuillez prévenir immédiatement l’administration de { $organization }.

mail-second-factor-removed-subject = Votre second facteur chez { $organization } a été supprimé
mail-second-factor-removed-text =
    Le second facteur du compte { $username } chez { $organization } a été supprimé le { $time }. Tant qu’un nouveau n’est pas configuré, le mot de passe suffit pour se connecter.

    Si vous l’avez demandé, veuillez en configurer un nouveau à votre prochaine connexion.

    Sinon, veuillez prévenir immédiatement l’administration de { $organization } et changer votre mot de passe.
