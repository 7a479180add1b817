# The pages of groups in the console.

groups-new = Nouveau groupe
groups-group = Groupe
groups-crumbs = Où se trouve cette page
groups-tabs = Ce groupe
groups-members = Membres
groups-member = Membre
groups-person = Personne
groups-history = Historique
groups-edit = Modifier
groups-delete = Supprimer…
groups-add = Ajouter des membres
groups-add-more = En ajouter d’autres
groups-cancel = Annuler
groups-back = Retour au groupe
groups-save = Enregistrer
groups-find = Rechercher
groups-apply = Appliquer
groups-actions = Actions
groups-actions-for = Actions pour { $name }
groups-search = Le nom commence par
groups-filter = Filtre SCIM, comme dans l’API
groups-filter-refused = Le filtre n’est pas appliqué. La liste est affichée sans lui.
groups-for = Pour
groups-for-everybody = Tout le monde
groups-for-customers = Clients
groups-for-operators = Opérateurs
groups-from = Origine
groups-from-console = Console
groups-changed = Modifié
groups-state = État
groups-state-active = Actif
groups-state-invited = Invité
groups-state-pending = En attente de vérification
groups-state-locked = Verrouillé
groups-state-deactivated = Désactivé
groups-kind-group = Groupe
groups-count = { $count ->
    [one] { $count } groupe
   *[other] { $count } groupes
}
groups-count-more = Plus de { $count } groupes
groups-number-more = plus de { $count }
groups-members-count = { $count ->
    [one] { $count } membre
   *[other] { $count } membres
}
groups-members-count-more = Plus de { $count } membres
groups-changes-count = { $count ->
    [one] { $count } modification
   *[other] { $count } modifications
}
groups-changes-count-more = Plus de { $count } modifications
groups-found = { $count ->
    [one] { $count } personne trouvée
   *[other] { $count } personnes trouvées
}
groups-found-more = Plus de { $count } personnes trouvées
groups-cut = La recherche s’est arrêtée après de nombreuses entrées. La page suivante reprend à cet endroit.
groups-empty = Il n’y a pas encore de groupe
groups-empty-detail = Un groupe réunit des utilisateurs qui ont les mêmes droits. Les applications voient les groupes d’un utilisateur à la connexion.
groups-empty-create = Créer le premier groupe
groups-none = Aucun groupe trouvé
groups-none-detail = Essayez un début de nom plus court ou un autre filtre.
groups-show-all = Afficher tous les groupes
groups-name = Nom
groups-name-hint = Le nom que voient les personnes et les applications. Les majuscules ne comptent pas.
groups-open-twin = Ouvrir le groupe qui porte ce nom
groups-who = Qui peut être membre ?
groups-who-customers = Les applications voient le groupe à la connexion.
groups-who-operators = Le groupe peut porter un rôle de cette console.
groups-role = Rôle
groups-role-none = Aucun rôle
groups-role-hint = Seuls les groupes d’opérateurs portent un rôle. Chaque membre du groupe a son rôle.
groups-member-search = Le nom ou le nom d’utilisateur commence par
groups-create = Créer le groupe
groups-managed-by = Géré par
groups-managed = Le groupe est géré par la connexion { $connection }.
groups-managed-detail = Sa prochaine synchronisation peut annuler ce que vous changez ici.
groups-no-members = Ce groupe n’a pas encore de membre
groups-no-member-found = Aucun membre trouvé
groups-choose-all = Tout choisir sur cette page
groups-chosen = Choisis
groups-chosen-count = { $count } choisis
groups-with-chosen = Avec les membres choisis
groups-remove-one = Retirer { $name }
groups-remove-chosen = Retirer du groupe…
groups-add-title = Ajouter des membres à { $name }
groups-add-one = Ajouter { $name }
groups-to-add = Personnes à ajouter
groups-nobody-to-add = Personne d’autre que les membres actuels n’est trouvé
groups-chosen-before = { $count ->
    [one] { $count } modification est notée et pas encore enregistrée.
   *[other] { $count } modifications sont notées et pas encore enregistrées.
}
groups-to-review = Continuer
groups-review-title = Modifier les membres de { $name } ?
groups-review-words = { $added }, { $removed }. Tous les autres restent tels quels, même si quelqu’un les a modifiés entre-temps.
groups-review-added = { $count ->
    [one] { $count } est ajouté
   *[other] { $count } sont ajoutés
}
groups-review-removed = { $count ->
    [one] { $count } est retiré
   *[other] { $count } sont retirés
}
groups-review-nothing = Rien ne changerait
groups-review-add = Ajouter { $count }
groups-review-remove = Retirer { $count }
groups-review-both = Ajouter et retirer
groups-changes = Modifications
groups-change = Modification
groups-added = Ajouté
groups-removed = Retiré
groups-edit-title = Modifier { $name }
groups-conflict-title = Quelqu’un d’autre a modifié ce groupe
groups-conflict-detail = Il a été enregistré après que vous avez ouvert le formulaire : { $when }. Rien de votre part n’est encore enregistré.
groups-conflict-was = Quand vous l’avez ouvert
groups-conflict-theirs = Enregistré entre-temps
groups-conflict-mine = Votre saisie
groups-conflict-save = Enregistrer ma saisie
groups-conflict-discard = Abandonner ma saisie
groups-conflict-form = Retour au formulaire
groups-differences = Différences
groups-attribute = Attribut
groups-delete-title = Supprimer { $name } ?
groups-delete-final = Cette action est irréversible.
groups-delete-members = { $count ->
    [one] { $count } membre perd le groupe immédiatement. Le membre lui-même est conservé.
   *[other] { $count } membres perdent le groupe immédiatement. Les membres eux-mêmes sont conservés.
}
groups-delete-type = Saisissez le nom du groupe pour confirmer
groups-delete-confirm = Supprimer définitivement
groups-history-empty = Rien n’est enregistré
groups-event-create = Créé par
groups-event-modify = Modifié par
groups-event-replace = Remplacé par
groups-event-other = { $operation } par
groups-error-name = Saisissez un nom pour le groupe.
groups-error-taken = Un autre groupe porte ce nom. Choisissez-en un autre.
groups-error-many = { $count ->
    [one] Vous pouvez choisir au plus { $count } personne à la fois. Enregistrez d’abord celles-ci.
   *[other] Vous pouvez choisir au plus { $count } personnes à la fois. Enregistrez d’abord celles-ci.
}
groups-error-typed = Ce n’est pas le nom du groupe.
groups-error-last-owner = Plus personne pouvant se connecter ne serait propriétaire. Donnez d’abord ce rôle à un autre opérateur.
groups-notice-created = Le groupe est créé.
groups-notice-deleted = Le groupe est supprimé.
groups-notice-members = Les membres sont modifiés.
