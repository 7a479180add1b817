# The pages of one person in the console.

## The head of a person's pages

person-crumbs = Où vous êtes
person-tabs = Pages de cette personne
person-tab-profile = Profil
person-tab-groups = Groupes
person-tab-sign-in = Connexion et sessions
person-tab-assigned = Attribué à
person-tab-history = Historique
person-tab-json = JSON
person-tab-danger = Zone sensible
person-operator = Opérateur
person-edit = Modifier
person-more = Plus
person-new = Nouvel utilisateur
person-save = Enregistrer
person-cancel = Annuler
person-none = rien
person-blank = Non rempli
person-never = jamais
person-yes = Oui
person-no = Non
person-unsaid = Non précisé
person-state-active = Actif
person-state-invited = Invité
person-state-pending = En attente de confirmation
person-state-locked = Verrouillé
person-state-deactivated = Désactivé

## What can be done

person-lock = Verrouiller…
person-unlock = Déverrouiller…
person-activate = Activer…
person-deactivate = Désactiver…
person-approve = Approuver…
person-invite = Envoyer une invitation…
person-reset = Réinitialiser le mot de passe…
person-assign = Attribuer à un opérateur
person-detach = Détacher…
person-delete = Supprimer…
person-refused-role = Votre rôle ne le permet pas.
person-refused-operators = Seuls les propriétaires modifient les opérateurs.

## The profile

person-section = Personne
person-section-enterprise = Entreprise
person-managed-by = Géré par
person-about = À propos de la fiche
person-record = Fiche
person-source = Origine
person-source-admin = Un opérateur
person-source-self = La personne elle-même
person-source-csv = Une importation
person-source-other = Un autre programme
person-foreign-id = Identifiant à la source
person-created = Créée
person-changed = Modifiée
person-version = Version
person-id = Identifiant
person-last-sign-in = Dernière connexion

## The form

person-edit-title = Modifier { $name }
person-owned-hint = Ce que gère une connexion se modifie là-bas.
person-more-rows = Ajouter d’autres valeurs
person-rows-hint = Une ligne vidée est supprimée.
person-hint-is = Il s’agit de { $name }. Vous pouvez saisir un nom d’utilisateur ou un identifiant.
person-hint-username = Le nom pour se connecter.
person-hint-displayname = Ce que les autres voient dans les listes et les messages.
person-hint-preferredlanguage = Une langue telle que fr. Les pages et les messages l’utilisent.
person-hint-locale = Une langue et une région telles que fr-FR.
person-hint-timezone = Un fuseau horaire tel que Europe/Paris.
person-hint-profileurl = Une adresse web telle que https://www.example.com.
person-hint-manager = Nom d’utilisateur ou identifiant d’un autre utilisateur.
person-field-name = Nom
person-field-externalid = Identifiant externe
person-field-active = Actif
person-field-password = Mot de passe
person-field-groups = Groupes
person-field-preferredlanguage = Langue
person-field-phonenumbers = Téléphone
person-field-ims = Adresses de messagerie instantanée
person-field-photos = Images
person-field-addresses = Adresses postales
person-field-entitlements = Droits
person-field-roles = Rôles à la source
person-field-manager = Responsable
person-part-value = Valeur
person-part-type = Type
person-part-primary = Principale
person-part-formatted = Adresse complète
person-part-streetaddress = Rue
person-part-locality = Ville
person-part-region = Région
person-part-postalcode = Code postal
person-part-country = Pays
person-type-work = Travail
person-type-home = Domicile
person-type-other = Autre
person-type-mobile = Mobile
person-type-fax = Fax
person-type-pager = Messageur
person-type-photo = Photo
person-type-thumbnail = Vignette
person-error-number = Saisissez un nombre tel que 12 ou 1.5.
person-error-moment = Saisissez une date et une heure telles que 2027-03-31T12:00:00Z.
person-error-nobody = Aucun utilisateur n’a ce nom ou cet identifiant.

## Somebody else has saved

person-conflict-title = Quelqu’un d’autre a modifié cet utilisateur
person-conflict-lead = { $name } a enregistré quelque chose le { $when }, après que vous avez ouvert le formulaire. Rien de vous n’est encore enregistré.
person-differences = Différences
person-attribute = Attribut
person-opened = À l’ouverture
person-theirs = Enregistré entre-temps
person-yours = Votre saisie
person-keep-theirs = Garder leur valeur :
person-write-mine = Écrire ma valeur par-dessus :
person-not-yours = non modifié par vous
person-save-choice = Enregistrer mon choix
person-discard = Abandonner les miennes
person-back-to-form = Revenir au formulaire

## Groups

person-groups-none = Dans aucun groupe pour l’instant.
person-groups-count = { $count ->
    [one] Dans { $count } groupe
   *[other] Dans { $count } groupes
}
person-group = Groupe
person-membership = Appartenance
person-direct = Directe
person-indirect = Par un autre groupe
person-indirect-hint = Une appartenance par un autre groupe prend fin avec celle-ci.
person-choose = Choisir
person-with-groups = Avec les groupes choisis
person-leave = Retirer de ces groupes…
person-leave-pick = Retirer de { $name }
person-join = Ajouter à des groupes
person-join-title = Ajouter { $name } à des groupes
person-join-pick = Ajouter à { $name }
person-join-search = Début du nom
person-search = Rechercher
person-join-none = Aucun groupe de ce nom.
person-join-none-hint = Saisissez le début d’un autre nom, ou rien pour voir les premiers groupes.
person-join-already = est déjà membre
person-join-review = Vérifier…
person-join-more = Il y en a d’autres. Saisissez davantage du nom.
person-regroup-title = Modifier les groupes de { $name } ?
person-regroup-nothing = Aucun groupe n’a été choisi.
person-regroup-adds = { $count ->
    [one] Ajout à { $count } groupe.
   *[other] Ajout à { $count } groupes.
}
person-regroup-removes = { $count ->
    [one] Retrait de { $count } groupe.
   *[other] Retrait de { $count } groupes.
}
person-changes = Modifications
person-change = Modification
person-added = Ajouté
person-removed = Retiré

## Sign-in

person-account = Compte
person-state = État
person-reason = Motif
person-reason-hint = Les autres opérateurs le voient. La personne ne le voit pas.
person-reason-failedattempts = Trop de mots de passe erronés
person-locked-since = Verrouillé depuis
person-locked-until = Verrouillé jusqu’au
person-until-unlocked = ce qu’un opérateur déverrouille
person-letters-to = Messages envoyés à
person-address = Adresse e-mail
person-address-proven = Confirmée par un lien
person-address-unproven = Non confirmée
person-password = Mot de passe
person-password-set = Défini
person-password-none = Il n’y en a pas
person-password-temporary = Temporaire, à changer à la première connexion
person-password-expired = Le mot de passe temporaire a expiré
person-password-changed = Modifié
person-password-expires = Valable jusqu’au
person-failures = Erreurs de suite
person-failures-of = { $count } sur { $limit }
person-last-failure = Dernier mot de passe erroné
person-sessions = Sessions
person-sessions-none = Aucune session.
person-where = Où
person-last-used = Dernière utilisation
person-since = Depuis
person-actions = Actions
person-end = Terminer
person-end-session = la session { $name }
person-end-all = Tout terminer…
person-token = Jeton d’API
person-browser-unknown = Navigateur inconnu
person-letters = Messages
person-letters-none = Aucun message n’a été envoyé récemment.
person-letter = Message
person-when = Quand
person-outcome = Résultat
person-letter-sent = Envoyé
person-letter-failed = Non envoyé
person-letter-waits = En route
person-letter-invite = Invitation
person-letter-reset = Lien pour définir un mot de passe
person-letter-reset-by-administrator = Lien pour définir un mot de passe, par un opérateur
person-letter-verify = Lien pour confirmer l’adresse
person-letter-registered-already = Il existe déjà un compte
person-letter-approved = Le compte est approuvé
person-letter-password-changed = Le mot de passe a été modifié
person-letter-locked = Le compte a été verrouillé
person-letter-locked-automatically = Le compte a été verrouillé pour un temps
person-letter-second-factor-removed = Le second facteur a été supprimé
person-factor = Second facteur depuis
person-factor-none = Il n’y en a pas
person-factor-reset = Supprimer le second facteur…
person-factor-reset-title = Supprimer le second facteur de { $name } ?
person-factor-reset-words = Pour qui l’a perdu. Toutes les sessions prennent fin, un message l’annonce, et le mot de passe suffit pour se connecter.
person-factor-reset-tick = Je me suis assuré de l’identité de qui le demande
person-factor-reset-button = Supprimer
person-letter-address-changed = L’adresse a été modifiée

## Assigned to

person-assigned-nobody = Personne ne s’occupe de ce client.
person-assigned-rule = Un client n’est attribué qu’à un opérateur à la fois.
person-assigned-operator = Les clients sont attribués à des opérateurs, les opérateurs à personne.
person-customers = Clients de cet opérateur
person-assigned-choose = Choisir un opérateur
person-assigned-ends = L’attribution à { $name } prend fin.
person-assigned-end = Mettre fin à l’attribution
person-error-operator = Choisissez un opérateur.

## History

person-by = Par
person-by-anybody = Tout le monde
person-by-connections = Connexions
person-by-operators = Opérateurs
person-by-person = La personne
person-by-connection = connexion { $name }
person-apply = Appliquer
person-history-none = Rien n’a été fait.
person-in-log = Requête dans le journal d’approvisionnement
person-changes-at = Ce qui a changé le { $when }
person-before = Avant
person-after = Après
person-did-create = Créé par
person-did-modify = Modifié par
person-did-replace = Remplacé par
person-did-delete = Supprimé par
person-did-revive = Rétabli par
person-did-detach = Détaché par
person-did-view-as-customer = Vu comme client par
person-did-end-sessions = Sessions terminées par
person-did-purge = Effacé par
person-did-add-second-factor = Second facteur configuré par
person-did-remove-second-factor = Second facteur supprimé par
person-did-new-recovery-codes = Codes de secours créés par
person-did-use-recovery-code = Code de secours utilisé par
person-did-create-operator-token = Jeton d’API créé par
person-secret-set = défini
person-secret-removed = retiré

## The resource

person-json-title = Tel que l’API répond
person-workbench = Ouvrir dans l’atelier

## Questions before something is done

person-how = Comment ?
person-no-way-back = Ceci est irréversible.
person-lock-title = Verrouiller { $name } ?
person-lock-words = Toutes les sessions prennent fin aussitôt, et aucune connexion n’est possible avant le déverrouillage.
person-lock-owned = Toutes les sessions prennent fin aussitôt, et aucune connexion n’est possible avant le déverrouillage. Ce que { $connection } fait du compte ne change pas.
person-lock-tick = Je veux verrouiller ce compte
person-lock-button = Verrouiller le compte
person-unlock-title = Déverrouiller { $name } ?
person-unlock-words = La personne peut se reconnecter, sauf si le compte est désactivé.
person-unlock-button = Déverrouiller le compte
person-activate-title = Activer { $name } ?
person-activate-words = Le compte peut de nouveau être utilisé.
person-activate-button = Activer le compte
person-deactivate-title = Désactiver { $name } ?
person-deactivate-words = La mesure durable : toutes les sessions prennent fin, et le compte est inutilisable jusqu’à son activation.
person-deactivate-owned = La mesure durable. Le compte appartient à { $connection } : désactivez-le là-bas, ou verrouillez-le ici.
person-deactivate-button = Désactiver le compte
person-approve-title = Approuver { $name } ?
person-approve-words = La personne s’est inscrite. Le compte devient actif, et un message l’annonce.
person-approve-button = Approuver
person-invite-title = Inviter { $name } ?
person-invite-words = Le lien mène à une page où choisir un mot de passe. Les liens précédents ne valent plus.
person-invite-button = Inviter
person-reset-title = Réinitialiser le mot de passe de { $name }
person-reset-button = Réinitialiser
person-reset-block = Refuser dès maintenant le mot de passe actuel
person-reset-block-hint = Sinon il reste valable jusqu’à l’utilisation du lien.
person-way-mail = Envoyer un lien
person-way-mail-hint = À { $address }. Il est valable { $life }.
person-way-mail-none = La personne n’a pas d’adresse e-mail.
person-way-link = Copier le lien
person-way-link-hint = Vous le remettez vous-même. Aucun message n’est envoyé. Il est valable { $life }.
person-way-temporary = Définir un mot de passe temporaire
person-way-temporary-hint = Il est généré et vous est montré une seule fois. Il est valable { $life }. Toutes les sessions prennent fin.
person-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
person-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
person-end-sessions-title = Terminer toutes les sessions de { $name } ?
person-end-sessions-words = { $count ->
    [one] { $count } session prend fin. La personne peut se reconnecter.
   *[other] { $count } sessions prennent fin. La personne peut se reconnecter.
}
person-end-sessions-button = Terminer toutes les sessions
person-detach-title = Détacher { $name } ?
person-detach-words = Ce que gère { $connection } pourra ensuite être modifié ici, et { $connection } ne trouve plus l’utilisateur.
person-detach-none = Aucune connexion ne gère cet utilisateur.
person-detach-button = Détacher l’utilisateur
person-delete-title = Supprimer { $name } ?
person-delete-words = Irréversible. Le nom d’utilisateur redevient libre. Le nom reste un temps dans la liste des supprimés.
person-delete-groups = { $count ->
    [one] { $count } appartenance prend fin.
   *[other] { $count } appartenances prennent fin.
}
person-delete-sessions = { $count ->
    [one] { $count } session prend fin.
   *[other] { $count } sessions prennent fin.
}
person-delete-gone = Tout appel ultérieur de l’API pour cet identifiant reçoit 404.
person-delete-type = Saisissez le nom d’utilisateur pour confirmer
person-delete-tick = Je veux supprimer définitivement ce compte
person-delete-button = Supprimer définitivement
person-purge-title = Effacer ce qui reste de { $name } ?
person-purge-words = L’entrée parmi les supprimés disparaît, ainsi que les valeurs de l’historique.
person-purge-tick = Je veux effacer définitivement
person-purge-button = Effacer
person-deleted-list = Supprimés
person-error-reason = Saisissez au plus 200 caractères sur une ligne.
person-error-typed = Ce n’est pas le nom d’utilisateur. Saisissez-le tel qu’affiché.
person-error-way = Choisissez comment.

## Shown once

person-password-made = Mot de passe temporaire de { $name }
person-password-words = Il n’est montré que cette fois. Il est valable jusqu’au { $when } et doit être changé à la première connexion.
person-link-made = Lien pour { $name }
person-link-words = Remettez-le par une voie que seule la personne peut lire. Il vaut une fois, jusqu’au { $when }, et n’est plus montré.
person-link = Lien
person-open = Ouvrir l’utilisateur

## What has just been done

person-notice-activated = Le compte est actif.
person-notice-approved = Le compte est approuvé.
person-notice-assigned = Le client est attribué.
person-notice-deactivated = Le compte est désactivé.
person-notice-deleted = Le compte est supprimé.
person-notice-detached = L’utilisateur est désormais géré ici.
person-notice-factor = Le second facteur est supprimé.
person-notice-groups = Les groupes sont modifiés.
person-notice-invited = L’invitation est en route.
person-notice-locked = Le compte est verrouillé.
person-notice-nothing = Rien n’a été modifié.
person-notice-purged = Ce qui restait est effacé.
person-notice-released = Personne ne s’occupe plus du client.
person-notice-reset = Le lien est en route.
person-notice-session = La session est terminée.
person-notice-sessions = Toutes les sessions sont terminées.
person-notice-unlocked = Le compte est déverrouillé.
person-as-customer = Voir comme le client
person-as-customer-words = Vous voyez ce que { $name } voit dans son compte. Rien ne peut être modifié ici, et l’historique indique que vous avez regardé.
person-as-customer-changes = modifiable
