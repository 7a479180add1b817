# The pages of operators in the console.

operators-new = Neuer Operator
operators-lead = Menschen, die in dieser Konsole arbeiten.
operators-empty = Sie sind der einzige Operator
operators-empty-detail = Laden Sie noch jemanden ein, damit die Konsole auch in Ihrer Abwesenheit benutzt werden kann.
operators-search = Name oder Benutzername beginnt mit
operators-none = Kein Operator gefunden
operators-show-all = Alle Operatoren
operators-all = Alle
operators-count = { $count ->
    [one] { $count } Operator
   *[other] { $count } Operatoren
}
operators-count-more = Mehr als { $count } Operatoren
operators-person = Name und Benutzername
operators-role = Rolle
operators-roles = Rollen
operators-no-role = keine
operators-factor = Zweiter Faktor
operators-factor-on = Ein
operators-factor-off = Aus
operators-customers = Kunden
operators-last = Letzte Anmeldung
operators-never = nie
operators-open = Öffnen
operators-assign-customers = Kunden zuordnen
operators-reset = Passwort zurücksetzen …
operators-lock = Sperren …
operators-activate = Aktivieren …
operators-deactivate = Deaktivieren …
operators-delete = Löschen …
operators-profile = Profil
operators-account = Konto
operators-username = Benutzername
operators-username-hint = Der Name zum Anmelden, meist eine E-Mail-Adresse.
operators-mail = E-Mail-Adresse
operators-mail-hint = Dorthin gehen Nachrichten. Bleibt das Feld leer, gilt der Benutzername, wenn er eine Adresse ist.
operators-given = Vorname
operators-family = Nachname
operators-language = Sprache
operators-language-any = Wie der Browser
operators-language-hint = Der Seiten und der Nachrichten.
operators-role-owner = Alles, auch die Operatoren.
operators-role-admin = Kunden und ihre Gruppen.
operators-role-helpdesk = Passwörter und Sperren von Kunden.
operators-role-auditor = Alles ansehen und nichts ändern.
operators-agent = Darf sehen, was zugeordnete Kunden sehen
operators-agent-hint = Eine Kennzeichnung, die Anwendungen lesen; die Konsole selbst zeigt dafür nichts zusätzlich.
operators-way = Wie kommt die Person zu einem Passwort?
operators-way-invite = Einladung senden
operators-way-invite-hint = Eine Nachricht mit einem Link, um ein Passwort zu wählen.
operators-way-link = Einladungslink kopieren
operators-way-link-hint = Sie erhalten den Link und geben ihn selbst weiter. Es wird keine Nachricht gesendet.
operators-way-temporary = Vorläufiges Passwort setzen
operators-way-temporary-hint = Es wird erzeugt, Ihnen einmal gezeigt und muss bei der ersten Anmeldung geändert werden.
operators-create = Operator anlegen
operators-help = Hilfe
operators-help-what = Ein Operator meldet sich an dieser Konsole an und arbeitet dort, wie es die Rolle erlaubt. Für Menschen, die Ihre Anwendungen benutzen, legen Sie einen Benutzer an.
operators-help-groups = Eine Rolle kommt mit einer Gruppe von Operatoren. Mit dem ersten Operator einer Rolle entsteht auch die Gruppe.
operators-open-twin = Öffnen, wer diesen Benutzernamen hat
operators-created-title = { $name } ist angelegt
operators-created = Das Konto ist da.
operators-link = Einladungslink
operators-link-detail = Geben Sie ihn so weiter, dass nur die Person ihn lesen kann. Er gilt einmal und wird nicht wieder gezeigt.
operators-password = Vorläufiges Passwort
operators-password-detail = Es wird nur dieses eine Mal gezeigt und muss bei der ersten Anmeldung geändert werden.
operators-good-until = Gültig bis
operators-open-created = Operator öffnen
operators-another = Noch einen anlegen
operators-given-or-not = Vergeben
operators-has = Vergeben
operators-has-not = Nicht vergeben
operators-give = Geben
operators-take = Wegnehmen
operators-error-username = Geben Sie einen Benutzernamen ein.
operators-error-role = Wählen Sie eine Rolle.
operators-error-taken = Jemand hat diesen Benutzernamen oder diese Adresse schon.
operators-error-last-owner = Das ist der letzte Eigentümer, der sich anmelden kann. Machen Sie zuerst einen anderen Operator zum Eigentümer.
operators-error-other-group = Der Operator hat die Rolle { $role } noch durch eine andere Gruppe. Entfernen Sie ihn aus dieser Gruppe.
operators-customers-title = Kunden von { $name }
operators-customers-lead = Ein Kunde ist immer nur einem Operator zugeordnet.
operators-customers-count = { $count ->
    [one] { $count } Kunde
   *[other] { $count } Kunden
}
operators-customers-count-more = Mehr als { $count } Kunden
operators-customer = Kunde
operators-free = Kunden zum Zuordnen
operators-free-none = Kein Kunde gefunden
operators-own-none = Kein Kunde ist zugeordnet
operators-assigned = Zugeordnet
operators-assigned-here = hier zugeordnet
operators-assigned-to = Zugeordnet zu
operators-nobody = niemand
operators-choose = Auswählen
operators-choose-one = { $name } auswählen
operators-with-chosen = Mit den ausgewählten Kunden
operators-with-assigned = Mit den ausgewählten Zuordnungen
operators-assign = Zuordnen
operators-end = Zuordnung beenden
operators-takeover-title = { $count ->
    [one] { $count } Kunde hat einen anderen Operator
   *[other] { $count } Kunden haben einen anderen Operator
}
operators-takeover-done = { $count ->
    [one] { $count } Kunde ist jetzt zugeordnet. Diese noch nicht.
   *[other] { $count } Kunden sind jetzt zugeordnet. Diese noch nicht.
}
operators-takeover-table = Kunden anderer Operatoren
operators-takeover-detail = Wer ausgewählt ist, geht zu { $name }, und die Zuordnung zum anderen Operator endet.
operators-take-one = { $name } übernehmen
operators-move = Hierher verschieben
operators-leave = So lassen
operators-notice-assigned = Die Kunden sind zugeordnet.
operators-notice-ended = Die Zuordnungen sind beendet.
operators-notice-moved = Die Kunden sind jetzt hier zugeordnet.
operators-notice-given = Die Rolle ist vergeben.
operators-notice-taken = Die Rolle ist weggenommen.
operators-notice-invited = Der Operator ist angelegt, und eine Einladung ist unterwegs.
