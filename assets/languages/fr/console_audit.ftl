# Who changed what.

audit-lead = Ce qu’ont fait les opérateurs, les connexions et le serveur, le plus récent d’abord. Rien n’est jamais retiré.
audit-export = Exporter
audit-export-words = { $count ->
    [one] L’export est en JSON Lines, avec la sélection faite ici, { $count } modification au plus.
   *[other] L’export est en JSON Lines, avec la sélection faite ici, { $count } modifications au plus.
}
audit-event = Événement
audit-all = Tous
audit-by = Par
audit-by-hint = L’identifiant d’un opérateur, ou des mots comme « connection entra »
audit-about = Identifiant de la ressource
audit-request = Identifiant de la requête
audit-from = Du (UTC)
audit-to = Au (UTC)
audit-apply = Appliquer
audit-clear = Tout afficher
audit-none = Rien trouvé
audit-none-words = Aucune modification ne correspond à votre sélection.
audit-empty = Rien n’a encore été modifié
audit-empty-words = Dès que quelqu’un modifie quelque chose, cela figure ici.
audit-cut = La recherche s’est arrêtée ici ; les modifications plus anciennes n’ont pas encore été examinées.
audit-further = Chercher plus loin
audit-to-request = La requête
audit-attribute = Attribut
audit-before = Avant
audit-after = Après
audit-nothing = rien
audit-differences = { $count ->
    [one] { $count } différence
   *[other] { $count } différences
}
audit-left-out = { $count ->
    [one] { $count } de plus
   *[other] { $count } de plus
}
audit-total = { $count ->
    [one] { $count } modification, la plus récente d’abord
   *[other] { $count } modifications, les plus récentes d’abord
}
audit-total-more = { $count ->
    [one] Plus de { $count } modification, la plus récente d’abord
   *[other] Plus de { $count } modifications, les plus récentes d’abord
}
audit-create = Création
audit-modify = Modification
audit-replace = Remplacement
audit-delete = Suppression
audit-revive = Repris
audit-purge = Effacement définitif
audit-detach = Détaché de sa connexion
audit-view-as-customer = Vu comme client
audit-end-sessions = Sessions terminées
audit-create-operator-token = Jeton d’API d’un opérateur créé
audit-set-attribute = Attribut des profils modifié
audit-add-schema = Schéma ajouté ou modifié
audit-remove-schema = Schéma retiré
audit-update-tenant = Réglages modifiés
audit-create-tenant = Locataire créé
audit-create-connection = Connexion créée
audit-update-connection = Connexion modifiée
audit-delete-connection = Connexion supprimée
audit-freeze-connection = Connexion mise en lecture seule
audit-unfreeze-connection = La connexion accepte de nouveau des modifications
audit-release-held = Modifications retenues libérées
audit-create-token = Jeton créé
audit-rotate-token = Jeton renouvelé
audit-revoke-token = Jeton révoqué
audit-create-client = Client OAuth créé
audit-rotate-client = Secret d’un client OAuth renouvelé
audit-delete-client = Client OAuth supprimé
audit-create-issuer = Émetteur de jetons ajouté
audit-delete-issuer = Émetteur de jetons retiré
