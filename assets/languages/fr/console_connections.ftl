# Les pages de la console pour les connexions.

connections-lead = Chaque client de provisionnement a sa propre connexion, avec ses jetons, ses paramètres et son bouclier.
connections-count = { $count ->
    [one] { $count } connexion
   *[other] { $count } connexions
}
connections-new = Nouvelle connexion
connections-where = Où vous êtes
connections-tabs = Cette connexion
connections-tab-setup = Mise en place
connections-tab-tokens = Jetons
connections-tab-settings = Paramètres
connections-tab-shield = Bouclier
connections-tab-log = Requêtes
connections-tab-danger = Zone de danger
connections-cancel = Annuler
connections-save = Enregistrer
connections-help = Aide
connections-none = aucun
connections-never = jamais utilisé
connections-endless = sans fin
connections-actions = Actions possibles
connections-actions-for = Actions pour { $name }

connections-state-frozen = Gelée
connections-state-expired = Jeton expiré
connections-state-failing = Beaucoup d’erreurs
connections-state-expiring = Expire bientôt
connections-state-silent = Silencieuse
connections-state-new = Aucune requête encore
connections-state-healthy = En bon état
connections-profile-generic = Tout autre client

connections-empty = Rien n’est encore connecté
connections-empty-words = Par une connexion, un fournisseur d’identité crée, modifie et désactive des utilisateurs ici. Cela prend une dizaine de minutes.
connections-empty-first = Mettre en place la première connexion
connections-column-name = Connexion
connections-column-state = État
connections-column-held = Retenues
connections-last = Dernière requête
connections-errors = Erreurs, 24 h
connections-token = Jeton
connections-requests = { $count ->
    [one] { $count } requête
   *[other] { $count } requêtes
}
connections-requests-more = plus de { $count }
connections-share = { $count } %
connections-share-under = moins de 1 %
connections-days = { $count ->
    [0] tout de suite
    [one] { $count } jour
   *[other] { $count } jours
}
connections-days-left = { $count ->
    [0] moins d’un jour restant
    [one] { $count } jour restant
   *[other] { $count } jours restants
}

connections-new-what = Qu’est-ce qui est connecté ?
connections-new-what-hint = Le profil décide comment les requêtes sont lues. Il peut être changé plus tard.
connections-new-name = Nom
connections-new-name-hint = Court, pour les listes et la ligne de commande : lettres minuscules, chiffres et traits d’union.
connections-new-life = Durée du premier jeton
connections-new-create = Créer la connexion
connections-help-one = Une connexion appartient à un seul client. Deux locataires d’Entra sont deux connexions.
connections-help-owner = Ce qu’elle gère ne se modifie plus que là-bas, jusqu’à ce qu’un opérateur le détache.
connections-wrong-profile = Choisissez ce qui est connecté.
connections-wrong-name = Donnez un nom à la connexion.
connections-wrong-taken = Il existe déjà une connexion de ce nom.
connections-wrong-form = Un nom a de 1 à 63 lettres minuscules, chiffres et traits d’union, ne commence pas par un trait d’union et n’est pas « new ».
connections-wrong-number = Saisissez un nombre entier de { $least } à { $most }.
connections-wrong-value = Choisissez une des valeurs proposées.
connections-wrong-life = Choisissez la durée du jeton.
connections-wrong-scopes = Choisissez au moins un droit.
connections-wrong-confirm = Cochez la case si vous le voulez.
connections-wrong-typed = Ce n’est pas le nom de la connexion.
connections-wrong-chosen = Choisissez au moins une modification et ce qu’elle devient.
connections-wrong-more = D’autres modifications ont été retenues depuis. Regardez le nouveau nombre avant de décider.

connections-setup-in = Dans { $product }
connections-setup-other = Dans le client
connections-setup-base = Adresse de base
connections-setup-token = Jeton secret
connections-setup-once = Montré cette seule fois. Collez-le seul, sans le mot Bearer.
connections-setup-gone = Un jeton est montré une seule fois, à sa création. S’il est perdu, créez-en un autre.
connections-step-open = Ouvrez { $what }.
connections-step-base = Collez l’adresse de base dans { $what }.
connections-step-token = Collez le jeton seul dans { $what }.
connections-step-oauth = Créez un client OAuth sur la page des jetons, et saisissez ce qu’elle montre dans { $what }.
connections-step-set = Réglez { $what } sur { $value }.
connections-step-map = Faites de { $what } la source de { $value }.
connections-step-run = Lancez { $what } et attendez que cela réussisse.
connections-step-save = Terminez par { $what }.
connections-step-on = Activez { $what }.
connections-step-off = Laissez { $what } désactivé.
connections-step-assign = Affectez deux personnes pour commencer : { $what }.
connections-arrived = Ce qui est arrivé
connections-arrived-again = Regarder encore
connections-arrived-unknown = Le journal de provisionnement est désactivé : on ne sait rien des requêtes.
connections-check-done = Fait
connections-check-failed = Échec
connections-check-waiting = En attente
connections-check-request = Une requête est arrivée, et son jeton est bon
connections-check-request-hint = En attente de la première requête avec un jeton de cette connexion.
connections-check-search = Première recherche
connections-check-search-hint = En attente d’une liste ou d’une recherche. La plupart des clients en envoient une au test de la connexion.
connections-check-user = Premier utilisateur
connections-check-user-hint = En attente d’un nouvel utilisateur. Affectez une personne de test dans le client.
connections-check-change = Première modification
connections-check-change-hint = En attente d’une modification. Changez le titre de la personne de test.
connections-check-leaver = Premier départ
connections-check-leaver-hint = En attente d’une désactivation. Retirez la personne de test de l’application.
connections-check-group = Premier groupe
connections-check-group-hint = En attente d’un nouveau groupe, si des groupes sont provisionnés.

connections-token-new = Nouveau jeton
connections-token-rotate = Renouveler le jeton
connections-token-active = Actif
connections-token-expired = Expiré
connections-token-revoked = Révoqué
connections-token-ending = { $count ->
    [0] Le jeton { $token } est utilisé et expire dans la journée.
    [one] Le jeton { $token } est utilisé et expire dans { $count } jour.
   *[other] Le jeton { $token } est utilisé et expire dans { $count } jours.
}
connections-token-warning = Renouvelez-le et collez le nouveau dans le client. Les deux fonctionnent pendant un temps.
connections-tokens-empty = Cette connexion n’a pas de jeton.
connections-tokens-more = { $count ->
    [one] { $count } jeton plus ancien n’est pas montré.
   *[other] { $count } jetons plus anciens ne sont pas montrés.
}
connections-scopes = Droits
connections-used = Dernière utilisation
connections-ends = Expiration
connections-rotate-link = Renouveler…
connections-revoke-link = Révoquer…
connections-delete-link = Supprimer…
connections-token-scopes = Ce que le jeton permet
connections-token-scopes-hint = Est coché ce dont le profil de la connexion a besoin.
connections-token-life = Durée du jeton
connections-token-create = Créer le jeton
connections-rotate-words = Un nouveau jeton avec les mêmes droits prend la place de { $token }.
connections-rotate-overlap = L’ancien jeton reste valable
connections-revoke-heading = Révoquer le jeton { $token } ?
connections-revoke-words = La prochaine requête qui l’utilise est refusée. Un client qui s’en sert encore cesse de fonctionner.
connections-revoke-tick = Aucun client ne l’utilise plus, ou il doit cesser
connections-revoke = Révoquer
connections-secret-token = Le jeton est créé
connections-secret-client = Le client OAuth est créé
connections-secret-copy = Copiez-le maintenant
connections-secret-once = Seule son empreinte est conservée. Il ne sera plus montré ; s’il se perd, créez-en un autre.
connections-secret-until = Valable jusqu’au
connections-secret-former = Jeton précédent
connections-secret-former-until = { $token } fonctionne jusqu’au { $until }, ou jusqu’à ce que vous le révoquiez
connections-secret-done = Je l’ai copié
connections-oauth = OAuth, identifiants de client
connections-oauth-words = Pour les clients qui vont chercher eux-mêmes des jetons de courte durée.
connections-oauth-url = Adresse des jetons
connections-oauth-clients = Clients OAuth
connections-oauth-signs = signe avec sa propre clé
connections-oauth-new = Nouveau client
connections-oauth-id = Identifiant du client
connections-oauth-secret = Secret du client
connections-client-delete-heading = Supprimer le client { $client } ?
connections-client-delete-words = Ses jetons d’accès sont refusés dès la prochaine requête.
connections-client-delete = Supprimer le client

connections-profile = Profil
connections-profile-hint = Les paramètres qui viennent du profil changent avec lui.
connections-setting = Paramètre
connections-setting-value = Valeur
connections-setting-origin = D’où elle vient
connections-setting-unset = Retirer
connections-setting-now = En vigueur maintenant : { $value }
connections-origin-default = Par défaut
connections-origin-profile = Profil
connections-origin-own = Cette connexion
connections-conflict = Quelqu’un d’autre a changé les paramètres entre-temps
connections-conflict-words = Ce que vous avez saisi figure dans le formulaire, et à côté ce qui est en vigueur maintenant. Enregistrez encore une fois pour appliquer le vôtre.
connections-purpose-patch-replace-unmatched = PATCH replace sur un chemin de valeur qui ne trouve rien : 400 noTarget, ou créer la valeur.
connections-purpose-patch-empty-operations = PATCH sans opération : 400 invalidSyntax, ou succès sans changement.
connections-purpose-patch-answer = La réponse à un PATCH : 200 pour les utilisateurs et 204 pour les groupes, ou toujours 200 avec la ressource.
connections-purpose-members-unknown = Membres qui n’existent pas : 400 en les nommant, ou ignorés avec un avertissement au journal.
connections-purpose-members-absent = Retirer un membre qui n’en est pas un : succès sans changement, ou 404.
connections-purpose-filter-unquoted = Une valeur de filtre sans guillemets : 400 invalidFilter, ou lue comme du texte.
connections-purpose-values-string-booleans = « True » pour true : le lire, ou 400 invalidValue.
connections-purpose-values-formats = Pays, langues, fuseaux horaires et adresses : prendre ce qui vient, ou 400 sauf forme de leur norme.
connections-purpose-values-unknown = Attributs inconnus : les ignorer, ou 400.
connections-purpose-write-if-match = PUT, PATCH et DELETE sans If-Match : le dernier l’emporte, ou 428.
connections-purpose-password-policy = Mots de passe envoyés par le client : appliquer les règles, ou les prendre tels quels.
connections-purpose-create-revive = Création d’un utilisateur que cette connexion a désactivé : 409, ou il revient avec le même identifiant.
connections-purpose-shield-mode = Si les désactivations, suppressions et retraits attendent une décision quand il y en a trop à la fois.
connections-purpose-shield-count = Combien d’une sorte passent dans la fenêtre ; le reste est retenu.
connections-purpose-shield-percent = Quel pourcentage des ressources du type, ou des membres du groupe, passe dans la fenêtre.
connections-purpose-shield-spare = Combien d’une sorte passent toujours dans la fenêtre.
connections-purpose-shield-window-minutes = La fenêtre, en minutes.

connections-held = Modifications retenues
connections-held-notice = { $count ->
    [one] { $count } modification est retenue, depuis
   *[other] { $count } modifications sont retenues, la première depuis
}
connections-held-empty = Rien n’est retenu
connections-shield-off = Le bouclier de cette connexion est désactivé. Les paramètres l’activent.
connections-shield-bounds = Est retenu ce qui dépasse { $most } d’une sorte, ou { $percent } pour cent, en { $minutes } minutes ; { $spare } passent toujours. Le client est prié de réessayer.
connections-held-choose-all = Tout choisir sur cette page
connections-held-choose = Choisir la modification de { $name }
connections-held-who = Qui ou quoi
connections-held-what = Modification
connections-held-tries = Essais
connections-held-first = Premier essai
connections-held-chosen = Modifications choisies
connections-held-count = { $count } choisies
connections-held-deactivation = Désactivation
connections-held-deletion = Suppression
connections-held-removal = { $count ->
    [one] { $count } membre part
   *[other] { $count } membres partent
}
connections-kind-deactivation = Désactivations
connections-kind-deletion = Suppressions
connections-kind-removal = Membres qui quittent des groupes
connections-release = Libérer
connections-reject = Rejeter
connections-release-all = Tout libérer…
connections-reject-all = Tout rejeter…
connections-release-words = Le prochain essai du client passe. Rien ne change d’ici là.
connections-reject-words = Le prochain essai du client reçoit 403. Corrigez l’affectation dans le client, sinon il réessaie sans cesse.
connections-release-heading = { $count ->
    [one] Libérer { $count } modification ?
   *[other] Libérer { $count } modifications ?
}
connections-reject-heading = { $count ->
    [one] Rejeter { $count } modification ?
   *[other] Rejeter { $count } modifications ?
}
connections-release-tick = J’ai regardé la liste, et le client doit continuer
connections-reject-tick = J’ai regardé la liste, et rien de cela ne doit se faire
connections-release-button = { $count ->
    [one] Libérer { $count } modification
   *[other] Libérer { $count } modifications
}
connections-reject-button = { $count ->
    [one] Rejeter { $count } modification
   *[other] Rejeter { $count } modifications
}

connections-freeze = Geler
connections-freeze-link = Geler…
connections-freeze-heading = Geler { $name } ?
connections-freeze-words = Dès la prochaine requête, le client peut lire et ne peut rien modifier. Ses modifications reçoivent 503, et il les réessaie plus tard. Les opérateurs peuvent toujours tout modifier.
connections-freeze-tick = Je veux geler cette connexion
connections-unfreeze = Dégeler
connections-unfreeze-link = Dégeler…
connections-unfreeze-heading = Dégeler { $name } ?
connections-unfreeze-words = Dès la prochaine requête, le client peut de nouveau modifier.
connections-unfreeze-tick = Je veux dégeler cette connexion
connections-delete = Supprimer la connexion
connections-delete-heading = Supprimer { $name } ?
connections-delete-words = Ses jetons prennent fin à la prochaine requête. Les utilisateurs et groupes qu’elle a créés restent et peuvent alors être modifiés ici.
connections-delete-type = Saisissez { $name } pour confirmer

connections-notice-deleted = La connexion est supprimée.
connections-notice-frozen = La connexion est gelée.
connections-notice-unfrozen = La connexion peut de nouveau modifier.
connections-notice-revoked = Le jeton est révoqué.
connections-notice-client-deleted = Le client est supprimé.
connections-notice-released = Libéré. Chaque modification se fait quand le client la réessaie.
connections-notice-rejected = Rejeté. Le client l’apprend quand il réessaie.
