# The console's pages of users, and its search.

## States.

people-state-active = Actif
people-state-invited = Invité
people-state-pending = En attente de confirmation
people-state-locked = Verrouillé
people-state-deactivated = Désactivé

## The list.

people-new = Nouvel utilisateur
people-import = Importer
people-export = Tout exporter en CSV
people-empty = Il n’y a pas encore d’utilisateurs
people-empty-hint = Connectez un fournisseur d’identité qui remplira cette liste, importez un fichier ou créez le premier utilisateur à la main.
people-empty-connection = Configurer une connexion
people-empty-import = Importer un fichier
people-search = Le nom, le nom d’utilisateur ou l’e-mail commence par
people-search-do = Rechercher
people-filter = Filtre SCIM, comme dans l’API
people-filter-do = Appliquer
people-filter-place = Le filtre, avec l’endroit marqué
people-filter-column = Colonne { $column } :
people-filter-ignored = Le filtre n’est pas appliqué.
people-filter-ignored-hint = La liste montre toutes les personnes qui répondent au reste.
people-cut = Tout le monde n’a pas été examiné.
people-cut-hint = Aucun index ne permet de répondre à ce filtre. La page suivante continue ici ; il peut y en avoir d’autres.
people-state = État
people-chip-all = Tous
people-chip-deleted = Supprimés
people-number-more = plus de { $count }
people-total = { $count ->
    [one] { $count } utilisateur
   *[other] { $count } utilisateurs
}
people-total-more = Plus de { $count } utilisateurs
people-name = Nom et nom d’utilisateur
people-group = Premier groupe
people-no-group = aucun
people-more-groups = et { $count } autres
people-from = Origine
people-from-here = Console d’administration
people-changed = Modifié
people-actions = Opérations
people-actions-for = Opérations pour { $name }
people-pick = Choisir { $name }
people-pick-all = Choisir tous ceux de cette page
people-with-chosen = Avec les utilisateurs choisis
people-chosen = { $count } choisis
people-act-edit = Modifier
people-act-groups = Groupes
people-act-join = Ajouter à un groupe…
people-act-reset = Réinitialiser le mot de passe…
people-act-lock = Verrouiller…
people-act-unlock = Déverrouiller…
people-act-activate = Activer…
people-act-deactivate = Désactiver…
people-act-end-sessions = Fermer les sessions…
people-act-delete = Supprimer…
people-none = Personne n’a été trouvé
people-none-search = Aucun nom, nom d’utilisateur ni adresse e-mail ne commence par « { $text } ».
people-none-filter = Personne ne répond à ce filtre.
people-none-state = Personne n’est dans cet état.
people-show-all = Afficher tous les utilisateurs
people-deleted-none = Personne n’a été supprimé
people-deleted-hint = Les comptes ont disparu définitivement. Cette liste n’en garde que la trace, qui s’efface d’elle-même après un certain temps.
people-deleted-by = Supprimé par
people-deleted-at = Supprimé le
people-deleted-users = Utilisateurs supprimés
people-purge = Effacer la trace…
people-crumbs = Où vous êtes
people-back = Tous les utilisateurs
people-cancel = Annuler
people-continue = Continuer

## Several at once.

people-nothing-yet = Rien ne s’est encore passé. Voici ce qui va se passer.
people-what-happens = Ce qui se passe
people-what-happened = Ce qui s’est passé
people-state-now = État actuel
people-nothing-happens = Rien ne changerait pour aucun d’eux.
people-warning-owned = { $count ->
    [one] { $count } d’entre eux vient d’une connexion.
   *[other] { $count } d’entre eux viennent d’une connexion.
}
people-warning-owned-hint = La prochaine modification chez le fournisseur d’identité peut annuler cela. Pour tenir quelqu’un à l’écart, verrouillez le compte ou modifiez-le là-bas.
people-unknown = Une personne qui n’existe plus
people-lock-reason = Motif
people-lock-reason-hint = Les opérateurs le voient, la personne non.
people-type-number = Pour confirmer, saisissez le nombre d’utilisateurs : { $count }
people-type-hint = Cette opération est irréversible.
people-error-tick = Cochez la case pour confirmer ce qui va se passer.
people-error-type = Ce n’est pas le nombre d’utilisateurs qui seront supprimés.
people-error-group = Choisissez un groupe.
people-join-lead = Choisissez le groupe auquel les ajouter. Rien ne se passe avant que vous ayez vu ce qui va se passer.
people-seek-group = Le nom du groupe commence par
people-no-groups-found = Aucun groupe n’a été trouvé.
people-members = { $count ->
    [one] { $count } membre
   *[other] { $count } membres
}
people-members-more = Plus de { $count } membres
people-failed = { $count ->
    [one] Cela n’a pas fonctionné pour { $count } utilisateur.
   *[other] Cela n’a pas fonctionné pour { $count } utilisateurs.
}
people-failed-hint = La raison est indiquée à côté de chacun. Pour les autres, c’est fait.
people-title-lock = { $count ->
    [one] Verrouiller { $count } utilisateur
   *[other] Verrouiller { $count } utilisateurs
}
people-do-lock = { $count ->
    [one] Verrouiller { $count } utilisateur
   *[other] Verrouiller { $count } utilisateurs
}
people-title-unlock = { $count ->
    [one] Déverrouiller { $count } utilisateur
   *[other] Déverrouiller { $count } utilisateurs
}
people-do-unlock = { $count ->
    [one] Déverrouiller { $count } utilisateur
   *[other] Déverrouiller { $count } utilisateurs
}
people-title-end-sessions = { $count ->
    [one] Fermer les sessions de { $count } utilisateur
   *[other] Fermer les sessions de { $count } utilisateurs
}
people-do-end-sessions = { $count ->
    [one] Fermer les sessions de { $count } utilisateur
   *[other] Fermer les sessions de { $count } utilisateurs
}
people-title-activate = { $count ->
    [one] Activer { $count } utilisateur
   *[other] Activer { $count } utilisateurs
}
people-do-activate = { $count ->
    [one] Activer { $count } utilisateur
   *[other] Activer { $count } utilisateurs
}
people-title-deactivate = { $count ->
    [one] Désactiver { $count } utilisateur
   *[other] Désactiver { $count } utilisateurs
}
people-do-deactivate = { $count ->
    [one] Désactiver { $count } utilisateur
   *[other] Désactiver { $count } utilisateurs
}
people-title-delete = { $count ->
    [one] Supprimer { $count } utilisateur
   *[other] Supprimer { $count } utilisateurs
}
people-do-delete = { $count ->
    [one] Supprimer { $count } utilisateur
   *[other] Supprimer { $count } utilisateurs
}
people-title-group = { $count ->
    [one] Ajouter { $count } utilisateur à un groupe
   *[other] Ajouter { $count } utilisateurs à un groupe
}
people-do-group = { $count ->
    [one] Ajouter { $count } utilisateur à un groupe
   *[other] Ajouter { $count } utilisateurs à un groupe
}
people-done-lock = { $count ->
    [one] { $count } utilisateur est verrouillé
   *[other] { $count } utilisateurs sont verrouillés
}
people-done-unlock = { $count ->
    [one] { $count } utilisateur est déverrouillé
   *[other] { $count } utilisateurs sont déverrouillés
}
people-done-end-sessions = { $count ->
    [one] Les sessions de { $count } utilisateur sont fermées
   *[other] Les sessions de { $count } utilisateurs sont fermées
}
people-done-activate = { $count ->
    [one] { $count } utilisateur est actif
   *[other] { $count } utilisateurs sont actifs
}
people-done-deactivate = { $count ->
    [one] { $count } utilisateur est désactivé
   *[other] { $count } utilisateurs sont désactivés
}
people-done-delete = { $count ->
    [one] { $count } utilisateur est supprimé
   *[other] { $count } utilisateurs sont supprimés
}
people-done-group = { $count ->
    [one] { $count } utilisateur est ajouté au groupe
   *[other] { $count } utilisateurs sont ajoutés au groupe
}
people-will-lock = Est verrouillé
people-will-unlock = Est déverrouillé
people-will-end-sessions = Les sessions se ferment
people-will-activate = Est activé
people-will-deactivate = Est désactivé
people-will-delete = Est supprimé définitivement
people-will-group = Rejoint le groupe
people-will-lock-sessions = { $count ->
    [one] Est verrouillé ; { $count } session se ferme
   *[other] Est verrouillé ; { $count } sessions se ferment
}
people-will-deactivate-sessions = { $count ->
    [one] Est désactivé ; { $count } session se ferme
   *[other] Est désactivé ; { $count } sessions se ferment
}
people-will-delete-sessions = { $count ->
    [one] Est supprimé définitivement ; { $count } session se ferme
   *[other] Est supprimé définitivement ; { $count } sessions se ferment
}
people-will-end-sessions-sessions = { $count ->
    [one] { $count } session se ferme
   *[other] { $count } sessions se ferment
}
people-has-lock = Est verrouillé
people-has-unlock = Est déverrouillé
people-has-end-sessions = Toutes les sessions sont fermées
people-has-activate = Est actif
people-has-deactivate = Est désactivé
people-has-delete = Est supprimé
people-has-group = Est membre
people-already-locked = Rien : est déjà verrouillé
people-already-unlocked = Rien : n’est pas verrouillé
people-already-active = Rien : peut déjà être utilisé
people-already-deactivated = Rien : est déjà désactivé
people-already-without-sessions = Rien : il n’y a pas de session
people-already-member = Rien : est déjà membre
people-not-reached = Rien : c’est un opérateur, et votre rôle ne gère pas les opérateurs
people-not-customer = Rien : les opérateurs ne sont pas dans les groupes de clients
people-not-as-seen = Rien : le compte a changé entre-temps ; regardez-le à nouveau
people-gone = Rien : plus personne n’a cet identifiant

## A new user.

people-steps = Étapes
people-step-person = Personne concernée
people-step-check = Vérification
people-step-done = {" "}: terminé
people-step-back = Retour
people-kind = Type de compte
people-kind-customer = Client
people-kind-operator = Opérateur
people-address = Adresse e-mail
people-username = Nom d’utilisateur
people-username-hint = La personne se connecte avec. En règle générale, il ne peut pas être modifié par la suite.
people-email = Adresse e-mail pour les messages
people-email-hint = Nécessaire pour une invitation par e-mail.
people-given = Prénom
people-family = Nom de famille
people-full-name = Nom complet
people-unsaid = non indiqué
people-language = Langue des messages et des pages
people-language-unsaid = Non indiquée
people-language-hint = La personne peut la changer.
people-way = Comment la personne obtient-elle un mot de passe ?
people-way-invite = Envoyer une invitation
people-way-invite-hint = { $count ->
    [one] Un e-mail avec un lien pour choisir un mot de passe. Le lien est valable { $count } heure.
   *[other] Un e-mail avec un lien pour choisir un mot de passe. Le lien est valable { $count } heures.
}
people-way-link = Copier le lien d’invitation
people-way-link-hint = Vous recevez le lien et le transmettez vous-même. Aucun e-mail n’est envoyé.
people-way-temporary = Définir un mot de passe temporaire
people-way-temporary-hint = { $count ->
    [one] Il vous est montré une seule fois, est valable { $count } heure et doit être changé à la première connexion.
   *[other] Il vous est montré une seule fois, est valable { $count } heures et doit être changé à la première connexion.
}
people-way-none = Aucun mot de passe
people-way-none-hint = La personne se connecte uniquement par un fournisseur d’identité.
people-help = Aide
people-help-customer = Un client se connecte à vos applications et à son propre compte. Pour les personnes qui travaillent dans cette console, créez un opérateur.
people-help-unique = Un nom d’utilisateur est unique dans cette organisation. Le même peut exister dans une autre.
people-groups-lead = Les groupes peuvent être modifiés à tout moment.
people-group-chosen = Choisi
people-nothing-created = Rien n’est encore créé.
people-password = Mot de passe
people-password-typed = Mot de passe temporaire de votre choix
people-password-typed-hint = Laissé vide, il est généré.
people-create = Créer l’utilisateur
people-error-username = Saisissez un nom d’utilisateur.
people-error-address = Ce n’est pas une adresse e-mail. Saisissez-en une comme nom@example.com.
people-error-email = Ce n’est pas une adresse e-mail.
people-error-no-address = Une invitation demande une adresse e-mail. Saisissez-en une ou choisissez une autre façon d’obtenir un mot de passe.
people-error-taken = Quelqu’un a déjà ce nom d’utilisateur.
people-open-present = Ouvrir { $name }
people-created = { $name } est créé
people-is-there = Le compte est créé.
people-letter-goes = Un e-mail est envoyé à { $address }.
people-becomes-active = Il devient actif quand un mot de passe est choisi.
people-link = Lien d’invitation
people-link-hint = Transmettez-le par un moyen que seule la personne peut lire. Il sert une seule fois et n’est plus montré.
people-temporary = Mot de passe temporaire
people-temporary-hint = Il n’est montré que cette fois. Il doit être changé à la première connexion.
people-good-until = Valable jusqu’au { $time }
people-open = Ouvrir l’utilisateur
people-create-another = En créer un autre

## Many at once, from a sheet.

people-import-title = Importer des utilisateurs
people-import-lead = Le premier passage est un essai : vous voyez ce que deviendrait chaque ligne, et rien n’est créé.
people-import-file = Fichier CSV
people-import-text = Ou collez des lignes ou des adresses e-mail
people-import-text-hint = Si un fichier est choisi, il l’emporte.
people-import-try = Faire un essai
people-import-help = La première ligne nomme les colonnes. Seul le nom d’utilisateur est nécessaire.
people-import-help-groups = Plusieurs groupes sont séparés par une barre verticale. Des adresses e-mail seules, une par ligne, suffisent aussi.
people-import-nothing = Choisissez un fichier ou collez des lignes.
people-import-too-large = Cela dépasse { $count } ko, le maximum lu ici. La ligne de commande accepte des fichiers plus grands.
people-import-rows = { $count ->
    [one] { $count } ligne.
   *[other] { $count } lignes.
}
people-import-rehearsal = C’était un essai : rien n’est encore créé.
people-import-table = Lignes du fichier
people-import-line = Ligne
people-import-outcome = Résultat
people-import-created = Créé
people-import-will = Sera créé
people-import-skipped = Passé : existe déjà
people-import-failed = Refusé
people-import-refused = { $count ->
    [one] { $count } ligne a été passée ou refusée.
   *[other] { $count } lignes ont été passées ou refusées.
}
people-import-hidden = { $count ->
    [one] { $count } autre ligne n’est pas montrée.
   *[other] { $count } autres lignes ne sont pas montrées.
}
people-import-create = { $count ->
    [one] Créer { $count } utilisateur
   *[other] Créer { $count } utilisateurs
}
people-import-other = Choisir un autre fichier
people-import-done = { $count ->
    [one] { $count } utilisateur est créé
   *[other] { $count } utilisateurs sont créés
}
people-import-links = Liens d’invitation
people-import-passwords = Mots de passe temporaires
people-import-secrets-hint = Ils ne sont montrés que cette fois. Copiez-les maintenant et transmettez chacun par un moyen que seule la personne peut lire.

## Search.

people-found = Résultats pour « { $text } »
people-found-all = Tout afficher
people-found-pages = Pages de la console
people-found-nothing = Rien n’a été trouvé
people-found-nothing-hint = La recherche porte sur le début des noms, des noms d’utilisateur et des adresses e-mail.
people-a-connection = Connexion
people-a-page = Page de la console
people-words-dashboard = Accueil, Vue d’ensemble
people-words-users = Manage, User Management, Gérer, Gestion des utilisateurs, Clients, Personnes, Comptes
people-words-groups = Équipes, Manage, Gestion des groupes
people-words-operators = Back office, Content, Content Management, Administrateurs, Rôles, Collaborateurs
people-words-connections = Fournisseurs d’identité, Provisionnement, SCIM, Jetons
people-words-log = Requêtes, Logs, Journaux, Erreurs
people-words-audit = Historique, Modifications, Audit
people-words-attributes = Profil, Champs, Schéma
people-words-workbench = Essayer, API, Requêtes
people-words-settings = Configuration, Règles, Mots de passe, E-mail, Inscription
