# The provisioning log.

log-where = Où vous êtes
log-lead = Chaque requête SCIM et sa réponse, sans secrets.
log-off = Rien n’est conservé
log-off-words = Le journal est désactivé dans la configuration du serveur.
log-connection = Connexion
log-method = Méthode
log-status = Statut
log-since = Depuis
log-resource-id = Identifiant de la ressource
log-request-id = Identifiant de la requête
log-apply = Appliquer
log-clear = Tout afficher
log-all = Tous
log-changes-only = Modifications seulement
log-status-2 = 2xx : exécutées
log-status-4 = 4xx : refusées
log-status-5 = 5xx : en échec
log-since-ever = N’importe quand
log-since-hour = 1 heure
log-since-day = 24 heures
log-since-week = 7 jours
log-ok = Exécutée
log-refused = Refusée
log-held = Retenue
log-failed = Échec
log-outcome = Résultat
log-empty = Aucune requête n’est encore arrivée
log-empty-words = Dès qu’un client envoie quelque chose avec le jeton d’une connexion, cela figure ici avec sa réponse.
log-connect = Configurer une connexion
log-try = Envoyer une requête vous-même
log-none = Rien trouvé
log-none-words = Aucune requête ne correspond à votre sélection.
log-cut = La recherche s’est arrêtée ici ; les requêtes plus anciennes n’ont pas encore été examinées.
log-further = Chercher plus loin
log-requests = Requêtes
log-entry = Entrée
log-time = Heure
log-request = Requête
log-answer = Réponse
log-milliseconds = ms
log-nobody = aucun jeton valide
log-older = Plus ancienne
log-newer = Plus récente
log-explained = Explication
log-understood = Compris
log-matched = Trouvé
log-changed = Modifié
log-why-refused = Pourquoi le refus
log-advice = Que faire
log-curl = En commande curl
log-curl-words = Le jeton n’y figure pas : définissez d’abord la variable TOKEN.
log-workbench = Ouvrir dans l’atelier
log-about = À propos de la requête
log-duration = Durée
log-token = Jeton
log-address = Adresse
log-client = Client
log-resource = Ressource
log-all-of-resource = Toutes les requêtes sur cette ressource
log-history = Historique de cette ressource
log-shown = { $count ->
    [one] { $count } requête
   *[other] { $count } requêtes, les plus récentes d’abord
}
log-bytes = { $count ->
    [one] { $count } octet
   *[other] { $count } octets
}
