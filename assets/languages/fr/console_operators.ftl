# The pages of operators in the console.

operators-new = Nouvel opérateur
operators-lead = Les personnes qui travaillent dans cette console.
operators-empty = Vous êtes le seul opérateur
operators-empty-detail = Invitez quelqu’un d’autre, pour que la console reste utilisable en votre absence.
operators-search = Le nom ou le nom d’utilisateur commence par
operators-none = Aucun opérateur trouvé
operators-show-all = Tous les opérateurs
operators-all = Tous
operators-count = { $count ->
    [one] { $count } opérateur
   *[other] { $count } opérateurs
}
operators-count-more = Plus de { $count } opérateurs
operators-person = Nom et nom d’utilisateur
operators-role = Rôle
operators-roles = Rôles
operators-no-role = aucun
operators-factor = Second facteur
operators-factor-on = Activé
operators-factor-off = Désactivé
operators-customers = Clients
operators-last = Dernière connexion
operators-never = jamais
operators-open = Ouvrir
operators-assign-customers = Attribuer des clients
operators-reset = Réinitialiser le mot de passe…
operators-lock = Verrouiller…
operators-activate = Activer…
operators-deactivate = Désactiver…
operators-delete = Supprimer…
operators-profile = Profil
operators-account = Compte
operators-username = Nom d’utilisateur
operators-username-hint = Le nom pour se connecter, le plus souvent une adresse e-mail.
operators-mail = Adresse e-mail
operators-mail-hint = L’adresse des messages. Si le champ est vide, le nom d’utilisateur est utilisé s’il est une adresse.
operators-given = Prénom
operators-family = Nom de famille
operators-language = Langue
operators-language-any = Comme le navigateur
operators-language-hint = Des pages et des messages.
operators-role-owner = Tout, y compris les opérateurs.
operators-role-admin = Les clients et leurs groupes.
operators-role-helpdesk = Les mots de passe et le verrouillage des clients.
operators-role-auditor = Tout consulter sans rien modifier.
operators-agent = Peut voir ce que voient les clients attribués
operators-agent-hint = Une marque que lisent les applications ; la console elle-même n’affiche rien de plus.
operators-way = Comment la personne obtient-elle un mot de passe ?
operators-way-invite = Envoyer une invitation
operators-way-invite-hint = Un message avec un lien pour choisir un mot de passe.
operators-way-link = Copier le lien d’invitation
operators-way-link-hint = Vous recevez le lien et le transmettez vous-même. Aucun message n’est envoyé.
operators-way-temporary = Définir un mot de passe temporaire
operators-way-temporary-hint = Il est généré, vous est montré une seule fois et doit être changé à la première connexion.
operators-create = Créer l’opérateur
operators-help = Aide
operators-help-what = Un opérateur se connecte à cette console et y travaille selon son rôle. Pour les personnes qui utilisent vos applications, créez un utilisateur.
operators-help-groups = Un rôle est porté par un groupe d’opérateurs. Le premier opérateur d’un rôle crée aussi le groupe.
operators-open-twin = Ouvrir la personne qui porte ce nom
operators-created-title = { $name } a été créé
operators-created = Le compte existe.
operators-link = Lien d’invitation
operators-link-detail = Transmettez-le de façon que seule la personne puisse le lire. Il fonctionne une fois et n’est plus montré ensuite.
operators-password = Mot de passe temporaire
operators-password-detail = Il n’est montré que cette fois et doit être changé à la première connexion.
operators-good-until = Valable jusqu’au
operators-open-created = Ouvrir l’opérateur
operators-another = En créer un autre
operators-given-or-not = Attribué
operators-has = Attribué
operators-has-not = Non attribué
operators-give = Donner
operators-take = Retirer
operators-error-username = Saisissez un nom d’utilisateur.
operators-error-role = Choisissez un rôle.
operators-error-taken = Quelqu’un a déjà ce nom d’utilisateur ou cette adresse.
operators-error-last-owner = C’est le dernier propriétaire pouvant se connecter. Donnez d’abord ce rôle à un autre opérateur.
operators-error-other-group = L’opérateur a encore le rôle { $role } par un autre groupe. Retirez-le de ce groupe.
operators-customers-title = Clients de { $name }
operators-customers-lead = Un client est attribué à un seul opérateur à la fois.
operators-customers-count = { $count ->
    [one] { $count } client
   *[other] { $count } clients
}
operators-customers-count-more = Plus de { $count } clients
operators-customer = Client
operators-free = Clients à attribuer
operators-free-none = Aucun client trouvé
operators-own-none = Aucun client n’est attribué
operators-assigned = Attribués
operators-assigned-here = attribué ici
operators-assigned-to = Attribué à
operators-nobody = personne
operators-choose = Choisir
operators-choose-one = Choisir { $name }
operators-with-chosen = Avec les clients choisis
operators-with-assigned = Avec les attributions choisies
operators-assign = Attribuer
operators-end = Mettre fin à l’attribution
operators-takeover-title = { $count ->
    [one] { $count } client a un autre opérateur
   *[other] { $count } clients ont un autre opérateur
}
operators-takeover-done = { $count ->
    [one] { $count } client est maintenant attribué. Ceux-ci ne le sont pas encore.
   *[other] { $count } clients sont maintenant attribués. Ceux-ci ne le sont pas encore.
}
operators-takeover-table = Clients d’autres opérateurs
operators-takeover-detail = Les clients choisis passent à { $name }, et leur attribution à l’autre opérateur prend fin.
operators-take-one = Reprendre { $name }
operators-move = Déplacer ici
operators-leave = Laisser ainsi
operators-notice-assigned = Les clients sont attribués.
operators-notice-ended = Les attributions ont pris fin.
operators-notice-moved = Les clients ont été déplacés ici.
operators-notice-given = Le rôle est attribué.
operators-notice-taken = Le rôle est retiré.
operators-notice-invited = L’opérateur est créé, et une invitation est en route.
