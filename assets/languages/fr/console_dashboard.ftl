# Le tableau de bord de la console.

dashboard-welcome = Bienvenue dans Muster
dashboard-welcome-words = Quelques étapes jusqu’au premier utilisateur de votre fournisseur d’identité. Vous pouvez vous interrompre à tout moment ; la liste reste jusqu’à ce qu’elle soit terminée.
dashboard-setup = Mise en place
dashboard-progress = { $done } sur { $all }
dashboard-todo = À faire
dashboard-backup = Avez-vous prévu des sauvegardes de la base de données ? Cela se fait en dehors de la console.
dashboard-hide = Masquer cette liste
dashboard-held = { $count ->
    [one] { $count } modification est retenue.
   *[other] { $count } modifications sont retenues.
}
dashboard-held-words = Un bouclier a arrêté des désactivations, des suppressions ou des retraits plus nombreux que d’habitude.
dashboard-held-look = Les regarder
dashboard-decide = Décider
dashboard-deactivations = { $count ->
    [one] { $count } désactivation
   *[other] { $count } désactivations
}
dashboard-deletions = { $count ->
    [one] { $count } suppression
   *[other] { $count } suppressions
}
dashboard-removals = { $count ->
    [one] { $count } membre qui quitte un groupe
   *[other] { $count } membres qui quittent des groupes
}
dashboard-all = Toutes les connexions
dashboard-requests = Requêtes, 24 h
dashboard-token-days = Jeton, jours restants
dashboard-letters = Courriels en échec
dashboard-letters-none = Aucun courriel n’a échoué.
dashboard-letters-what = À, objet et raison
dashboard-attempts = { $count ->
    [one] { $count } essai
   *[other] { $count } essais
}
dashboard-again = Renvoyer
dashboard-notice-again = Le courriel est renvoyé.
dashboard-step-owner = Propriétaire et première connexion
dashboard-step-factor = Second facteur
dashboard-step-factor-words = Un code d’une application sur votre téléphone, en plus du mot de passe.
dashboard-step-factor-link = Le configurer
dashboard-step-provider = Connecter un fournisseur d’identité
dashboard-step-provider-words = Microsoft Entra ID, Okta, Keycloak et d’autres ont un guide. Fait quand la première requête est arrivée.
dashboard-step-provider-link = Ouvrir la mise en place
dashboard-step-mail = Serveur de courriel
dashboard-step-mail-words = Aucun courriel n’a encore été envoyé, ou le dernier a échoué. Sans serveur de courriel, les invitations sont des liens que vous remettez vous-même.
dashboard-step-mail-link = Paramètres du courriel
dashboard-step-second = Second propriétaire
dashboard-step-second-words = Avec un seul propriétaire, personne ne peut aider quand cette personne est absente.
dashboard-step-second-link = Inviter un opérateur
