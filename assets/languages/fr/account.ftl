# Les pages destinées aux personnes : connexion, inscription, compte.

## Toutes les pages

account-skip = Aller au contenu
account-signed-in-as = Session de
account-sign-out = Se déconnecter
account-language-menu = Langue de cette page
account-navigation = Votre compte
account-error-state = Erreur :
account-summary-title = Veuillez vérifier votre saisie
account-optional = (facultatif)
account-empty = (vide)

## Termes communs à plusieurs formulaires

account-username = Nom d’utilisateur
account-username-hint = Il s’agit souvent de votre adresse e-mail.
account-email = Adresse e-mail
account-password = Mot de passe
account-current-password = Mot de passe actuel
account-new-password = Nouveau mot de passe
account-given-name = Prénom
account-family-name = Nom
account-rules-title = Règles pour le mot de passe :
account-rules-paste = Vous pouvez coller un mot de passe depuis un gestionnaire de mots de passe.
account-mail-missing = Toujours rien après quelques minutes ? Regardez aussi dans le dossier des indésirables et vérifiez que l’adresse est bien écrite.
account-back-to-sign-in = Retour à la connexion
account-sign-in-again = Se reconnecter

## Connexion

account-sign-in-title = Connexion
account-sign-in-lead = Connectez-vous avec votre compte chez { $organization }.
account-sign-in-button = Se connecter
account-sign-in-forgot = Mot de passe oublié ?
account-sign-in-register = Créer un compte

## Choix d’un mot de passe

account-set-invite-title = Choisissez votre mot de passe
account-set-invite-lead = { $organization } vous invite. Choisissez le mot de passe avec lequel vous vous connecterez. Cela confirme aussi votre adresse e-mail.
account-set-reset-title = Choisissez un nouveau mot de passe
account-set-reset-lead = Ensuite, seul le nouveau mot de passe vous permettra de vous connecter à { $organization }. Toutes vos sessions seront fermées.
account-set-must-title = Veuillez changer votre mot de passe
account-set-must-lead = Votre mot de passe actuel est provisoire ou a expiré. Choisissez-en un que personne d’autre ne connaît pour continuer chez { $organization }.
account-set-button = Enregistrer le mot de passe

## Inscription

account-register-title = Créer un compte
account-register-lead = Votre compte sera créé chez { $organization }. Avant de pouvoir l’utiliser, vous confirmerez votre adresse e-mail.
account-register-address-hint = Vous vous connecterez avec cette adresse. Nous y enverrons un lien.
account-register-email-hint = Nous enverrons un lien à cette adresse.
account-register-username-hint = Vous vous connecterez avec ce nom.
account-register-button = Créer le compte
account-register-have = J’ai déjà un compte
account-registered-title = Consultez votre messagerie
account-registered-lead = Si l’adresse est nouvelle ici, un message contenant un lien est en route. Ouvrez ce lien pour confirmer votre adresse.
account-verify-title = Confirmez votre adresse
account-verify-lead = Il reste une étape pour votre compte chez { $organization }.
account-verify-button = Confirmer mon adresse
account-verified-title = Votre adresse est confirmée
account-verified-lead = Votre compte est prêt. Vous pouvez maintenant vous connecter.
account-verified-waits = L’administration de { $organization } doit encore approuver votre compte. Vous recevrez un message dès que ce sera fait.
account-verified-back = Retour à l’application
account-welcome-title = Bienvenue dans Muster
account-welcome-lead = Vous mettez en place { $organization }. Créez votre compte : il sera le premier à avoir le rôle de propriétaire et pourra tout faire dans la console.
account-welcome-address-hint = Vous vous connecterez avec cette adresse.

## Mot de passe oublié

account-forgot-title = Réinitialiser votre mot de passe
account-forgot-lead = Indiquez votre nom d’utilisateur. Nous enverrons à l’adresse e-mail du compte un lien pour choisir un nouveau mot de passe.
account-forgot-button = Envoyer le lien
account-forgot-sent-title = Consultez votre messagerie
account-forgot-sent-lead = Si un tel compte existe, un message contenant un lien est en route. Le lien est utilisable une seule fois et pour une durée limitée.
account-link-dead-title = Ce lien n’est plus valable
account-link-dead-lead = Il a déjà été utilisé, a expiré ou a été remplacé par un lien plus récent.
account-link-dead-invite = Si vous avez déjà choisi votre mot de passe, vous pouvez vous connecter. Sinon, demandez une nouvelle invitation à l’administration de { $organization }.
account-link-dead-reset = Vous pouvez demander un nouveau lien pour votre compte chez { $organization }.
account-link-dead-verify = Si vous avez déjà confirmé votre adresse, vous pouvez vous connecter à { $organization }. Sinon, inscrivez-vous à nouveau pour recevoir un nouveau lien.
account-link-dead-welcome = Si vous avez déjà créé votre compte, vous pouvez vous connecter. Sinon, « muster init » sur le serveur produit un nouveau lien.
account-link-dead-button = Demander un nouveau lien

## Profil

account-profile-title = Profil
account-profile-managed = Ces informations sont gérées pour vous. Pour en faire modifier une, adressez-vous à l’administration.
account-managed-by = Géré par { $connection }
account-profile-button = Enregistrer les modifications
account-choice-none = Aucun choix
account-conflict-title = Ce profil a été modifié par ailleurs au même moment
account-conflict-lead = Rien n’est encore enregistré. Le formulaire ci-dessous contient votre saisie. Comparez, corrigez au besoin et enregistrez à nouveau.
account-conflict-theirs = Valeur enregistrée
account-conflict-yours = Votre saisie
account-conflict-discard = Abandonner ma saisie
account-export-title = Vos données
account-export-lead = Téléchargez ce que { $organization } conserve à votre sujet, dans un fichier au format JSON.
account-export-link = Télécharger mes données

## Mot de passe

account-password-title = Mot de passe
account-password-lead = Lorsque vous changez de mot de passe, toutes vos autres sessions sont fermées.
account-password-last = Dernière modification : { $when }
account-password-button = Changer le mot de passe

## Sessions

account-sessions-title = Sessions
account-sessions-lead = Voici vos sessions ouvertes. Si vous ne reconnaissez pas une session, mettez-y fin et changez votre mot de passe.
account-sessions-current = Cette session
account-sessions-agent = { $browser } sur { $system }
account-sessions-address = Adresse réseau
account-sessions-since = Connexion
account-sessions-last-used = Dernière utilisation
account-sessions-end = Mettre fin à la session
account-sessions-end-others = Mettre fin à toutes les autres sessions

## Groupes

account-groups-title = Mes accès
account-groups-lead = Vos groupes déterminent ce que vous pouvez utiliser chez { $organization }.
account-groups-count = { $count ->
    [one] Vous faites partie de { $count } groupe.
   *[other] Vous faites partie de { $count } groupes.
}
account-groups-none = Vous ne faites encore partie d’aucun groupe.
account-groups-indirect = Par un autre groupe

## Langue

account-language-title = Langue
account-language-lead = Dans quelle langue souhaitez-vous que nous nous adressions à vous, ici et dans les messages ?
account-language-button = Enregistrer la langue

## Départ

account-leave-title = Quitter
account-leave-lead = Vous pouvez ici mettre fin vous-même à votre compte chez { $organization }.
account-leave-last-owner = Personne d’autre que vous n’a le rôle de propriétaire de { $organization }. Attribuez-le à quelqu’un d’autre avant de partir.
account-leave-neither = Votre compte est géré par { $organization }. Pour le faire fermer, adressez-vous à l’administration.
account-deactivate-title = Désactiver mon compte
account-deactivate-lead = Votre session est fermée aussitôt et vous ne pouvez plus vous connecter. Vos données restent enregistrées. L’administration peut réactiver le compte.
account-deactivate-confirm = Je souhaite désactiver mon compte
account-deactivate-button = Désactiver le compte
account-delete-title = Supprimer mon compte
account-delete-lead = Votre compte est supprimé avec votre profil et vos appartenances aux groupes. Cette action est irréversible.
account-delete-username = Pour confirmer, saisissez votre nom d’utilisateur :
account-delete-button = Supprimer définitivement le compte

## Après une session

account-signed-out-title = Votre session est fermée
account-signed-out-lead = La déconnexion de { $organization } est terminée.
account-signed-out-deleted-title = Votre compte a été supprimé
account-signed-out-deleted-lead = Votre session est fermée. Votre compte chez { $organization } n’existe plus.
account-signed-out-deactivated-title = Votre compte a été désactivé
account-signed-out-deactivated-lead = Votre session est fermée. Si vous avez de nouveau besoin du compte, adressez-vous à l’administration de { $organization }.

## Avis

account-notice-profile-saved = Vos modifications sont enregistrées.
account-notice-nothing-changed = Rien n’a été modifié.
account-notice-address-pending = Nous avons envoyé un lien à la nouvelle adresse. Elle sera prise en compte dès que vous aurez ouvert ce lien.
account-notice-password-changed = Votre mot de passe a été changé. Toutes les autres sessions sont terminées.
account-notice-password-set = Votre mot de passe est enregistré. Vous pouvez maintenant vous connecter.
account-notice-owner-ready = Votre compte est prêt. Vous pouvez maintenant vous connecter.
account-notice-session-ended = La session est terminée.
account-notice-sessions-ended = Toutes les autres sessions sont terminées.
account-notice-language-saved = Votre langue est enregistrée.
account-notice-sign-in-again = Votre session est terminée. Veuillez vous reconnecter.

## Pages d’erreur

account-error-page-400 = Cela n’a pas fonctionné
account-error-page-401 = Veuillez vous connecter
account-error-page-403 = Cette action ne vous est pas permise
account-error-page-404 = Cette page n’existe pas
account-error-page-413 = C’était trop
account-error-page-429 = Trop de tentatives
account-error-page-500 = Un problème est survenu de notre côté
account-error-page-503 = Indisponible pour le moment
account-error-advice-400 = La demande était incomplète ou trop ancienne. Revenez en arrière, rechargez la page et réessayez.
account-error-advice-401 = Cette page est réservée aux personnes connectées.
account-error-advice-403 = Si vous pensez qu’elle devrait l’être, adressez-vous à l’administration.
account-error-advice-foreign = Le formulaire venait d’un autre site, ou votre navigateur ne dit pas d’où il venait. Rien n’a été fait. Ouvrez la page ici et envoyez-le à nouveau.
account-error-advice-404 = L’adresse est peut-être mal écrite, ou la page a été déplacée.
account-error-advice-413 = Le formulaire contient plus que ce que nous acceptons. Rien n’a été enregistré. Revenez en arrière, raccourcissez votre saisie et envoyez-le à nouveau.
account-error-advice-later = Veuillez réessayer plus tard.
account-error-advice-500 = Nous avons enregistré l’erreur. Veuillez réessayer plus tard.
account-error-page-home = Vers la page d’accueil
account-error-page-status = Statut
account-error-page-request = Numéro de la demande
account-retry-seconds = { $count ->
    [one] Vous pourrez réessayer dans { $count } seconde.
   *[other] Vous pourrez réessayer dans { $count } secondes.
}
account-retry-minutes = { $count ->
    [one] Vous pourrez réessayer dans { $count } minute.
   *[other] Vous pourrez réessayer dans { $count } minutes.
}
account-retry-hours = { $count ->
    [one] Vous pourrez réessayer dans { $count } heure.
   *[other] Vous pourrez réessayer dans { $count } heures.
}

## Erreurs de formulaire

account-error-sign-in = La connexion a échoué. Le nom d’utilisateur ou le mot de passe est incorrect, ou le compte est verrouillé.
account-error-username-missing = Saisissez votre nom d’utilisateur.
account-error-username-mismatch = Ce n’est pas votre nom d’utilisateur. Saisissez-le tel qu’il est affiché.
account-error-username-taken = Il existe déjà un compte à ce nom. Choisissez-en un autre.
account-error-email-invalid = Saisissez une adresse e-mail telle que nom@example.com.
account-error-password-missing = Saisissez votre mot de passe.
account-error-new-password-missing = Saisissez un nouveau mot de passe.
account-error-current-missing = Saisissez votre mot de passe actuel.
account-error-current-wrong = Le mot de passe actuel est incorrect.
account-error-password-same = Le nouveau mot de passe doit être différent de l’actuel.
account-error-password-rule = Le nouveau mot de passe enfreint une règle : { $rule }.
account-error-confirm-missing = Cochez la case pour confirmer.
account-error-of-field = { $label } : { $message }
account-error-value-invalid = Cette valeur n’est pas admise ici.
account-error-web-address = Saisissez une adresse web telle que https://www.example.com.
account-error-locale = Saisissez une langue et une région telles que fr-CA.
account-error-time-zone = Saisissez un fuseau horaire tel que Europe/Paris.

## Règles des mots de passe, comme éléments d’une liste

password-too-short = { $count ->
    [one] au moins { $count } caractère
   *[other] au moins { $count } caractères
}
password-too-long = { $count ->
    [one] au plus { $count } caractère
   *[other] au plus { $count } caractères
}
password-no-upper = une lettre majuscule
password-no-lower = une lettre minuscule
password-no-digit = un chiffre
password-no-special = l’un des caractères { $characters }
password-common = pas un mot de passe courant
password-guessable = pas facile à deviner d’après sa forme
password-personal = sans votre nom ni votre adresse

## Attributes of the profile

account-field-username = Nom d’utilisateur
account-field-emails = Adresse e-mail
account-field-name-formatted = Nom complet
account-field-name-familyname = Nom de famille
account-field-name-givenname = Prénom
account-field-name-middlename = Deuxième prénom
account-field-name-honorificprefix = Titre avant le nom
account-field-name-honorificsuffix = Suffixe après le nom
account-field-displayname = Nom affiché
account-field-nickname = Surnom
account-field-profileurl = Page web
account-field-locale = Format régional
account-field-timezone = Fuseau horaire
account-field-title = Fonction
account-field-usertype = Type d’utilisateur
account-field-employeenumber = Matricule
account-field-costcenter = Centre de coûts
account-field-organization = Organisation
account-field-division = Division
account-field-department = Service
