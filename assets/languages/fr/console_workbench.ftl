# Requests by hand.

workbench-lead = Envoyez des requêtes SCIM en votre nom, selon ce que votre rôle permet.
workbench-method = Méthode
workbench-path = Chemin, sous
workbench-build-filter = Composer le filtre
workbench-build-patch = Composer une requête PATCH
workbench-attribute = Attribut
workbench-operator = Opérateur
workbench-operation = Opération
workbench-value = Valeur
workbench-add = Ajouter
workbench-body = Corps (pour POST, PUT et PATCH)
workbench-if-match = If-Match (version)
workbench-if-match-hint = L’ETag de la version que vous voulez modifier.
workbench-send = Envoyer
workbench-writes = Ce qu’une requête modifie l’est réellement, et figure à votre nom dans l’historique.
workbench-reads = Votre rôle permet seulement de lire.
workbench-answer = Réponse
workbench-milliseconds = ms
workbench-bytes = { $count ->
    [one] { $count } octet
   *[other] { $count } octets
}
workbench-no-body = La réponse n’a pas de corps.
workbench-changed = Ce qu’elle a modifié
workbench-only-read = Rien : c’était une requête de lecture.
workbench-nothing = Rien : une requête refusée ne modifie rien.
workbench-see-history = Rien de cette ressource ; l’historique montre toutes les modifications.
workbench-log = Cette requête dans le journal
workbench-more = En-têtes, et la requête en curl
workbench-headers = En-têtes
workbench-past = Envoyées auparavant
workbench-past-none = Ce que vous envoyez figure ici tant que la page est ouverte.
workbench-endpoints = Points d’accès
