# The console's pages of users, and its search.

## States.

people-state-active = Aktiv
people-state-invited = Eingeladen
people-state-pending = Wartet auf Bestätigung
people-state-locked = Gesperrt
people-state-deactivated = Deaktiviert

## The list.

people-new = Neuer Benutzer
people-import = Importieren
people-export = Alle als CSV exportieren
people-empty = Es gibt noch keine Benutzer
people-empty-hint = Verbinden Sie einen Identitätsanbieter, der diese Liste füllt, importieren Sie eine Datei, oder legen Sie den ersten Benutzer von Hand an.
people-empty-connection = Verbindung einrichten
people-empty-import = Datei importieren
people-search = Name, Benutzername oder E-Mail beginnt mit
people-search-do = Suchen
people-filter = SCIM-Filter, wie in der API
people-filter-do = Anwenden
people-filter-place = Der Filter mit der markierten Stelle
people-filter-column = Spalte { $column }:
people-filter-ignored = Der Filter wird nicht angewendet.
people-filter-ignored-hint = Die Liste zeigt alle, auf die das Übrige zutrifft.
people-cut = Es wurden nicht alle durchgesehen.
people-cut-hint = Dieser Filter lässt sich nicht über einen Index beantworten. Die nächste Seite macht hier weiter; es kann noch mehr geben.
people-state = Zustand
people-chip-all = Alle
people-chip-deleted = Gelöscht
people-number-more = über { $count }
people-total = { $count ->
    [one] Ein Benutzer
   *[other] { $count } Benutzer
}
people-total-more = Mehr als { $count } Benutzer
people-name = Name und Benutzername
people-group = Erste Gruppe
people-no-group = keine
people-more-groups = und { $count } weitere
people-from = Herkunft
people-from-here = Konsole
people-changed = Geändert
people-actions = Aktionen
people-actions-for = Aktionen für { $name }
people-pick = { $name } auswählen
people-pick-all = Alle auf dieser Seite auswählen
people-with-chosen = Mit den ausgewählten Benutzern
people-chosen = { $count } ausgewählt
people-act-edit = Bearbeiten
people-act-groups = Gruppen
people-act-join = Zu einer Gruppe hinzufügen…
people-act-reset = Passwort zurücksetzen…
people-act-lock = Sperren…
people-act-unlock = Entsperren…
people-act-activate = Aktivieren…
people-act-deactivate = Deaktivieren…
people-act-end-sessions = Sitzungen beenden…
people-act-delete = Löschen…
people-none = Niemand gefunden
people-none-search = Kein Name, Benutzername und keine E-Mail-Adresse beginnt mit „{ $text }“.
people-none-filter = Auf niemanden trifft dieser Filter zu.
people-none-state = Niemand ist in diesem Zustand.
people-show-all = Alle Benutzer zeigen
people-deleted-none = Niemand wurde gelöscht
people-deleted-hint = Die Konten sind endgültig gelöscht. Hier steht nur noch die Spur von ihnen; sie verschwindet nach einiger Zeit von selbst.
people-deleted-by = Gelöscht von
people-deleted-at = Gelöscht am
people-deleted-users = Gelöschte Benutzer
people-purge = Spur tilgen…
people-crumbs = Wo Sie sind
people-back = Alle Benutzer
people-cancel = Abbrechen
people-continue = Fortfahren

## Several at once.

people-nothing-yet = Noch ist nichts geschehen. Das wird geschehen:
people-what-happens = Was geschieht
people-what-happened = Was geschehen ist
people-state-now = Zustand jetzt
people-nothing-happens = Für niemanden würde sich etwas ändern.
people-warning-owned = { $count ->
    [one] Einer davon kommt aus einer Verbindung.
   *[other] { $count } davon kommen aus einer Verbindung.
}
people-warning-owned-hint = Die nächste Änderung beim Identitätsanbieter kann das rückgängig machen. Um jemanden auszuschließen, sperren Sie das Konto, oder ändern Sie es dort.
people-unknown = Jemand, den es nicht mehr gibt
people-lock-reason = Grund
people-lock-reason-hint = Operatoren sehen ihn, die Person nicht.
people-type-number = Geben Sie zur Bestätigung die Zahl der Benutzer ein: { $count }
people-type-hint = Das lässt sich nicht rückgängig machen.
people-error-tick = Haken Sie das Kästchen an, um zu bestätigen, was geschehen wird.
people-error-type = Das ist nicht die Zahl der Benutzer, die gelöscht werden.
people-error-group = Wählen Sie eine Gruppe.
people-join-lead = Wählen Sie die Gruppe, in die sie aufgenommen werden. Es geschieht nichts, bevor Sie gesehen haben, was geschehen wird.
people-seek-group = Gruppenname beginnt mit
people-no-groups-found = Keine Gruppe gefunden.
people-members = { $count ->
    [one] Ein Mitglied
   *[other] { $count } Mitglieder
}
people-members-more = Mehr als { $count } Mitglieder
people-failed = { $count ->
    [one] Bei einem Benutzer hat es nicht geklappt.
   *[other] Bei { $count } Benutzern hat es nicht geklappt.
}
people-failed-hint = Der Grund steht bei ihnen. Bei den anderen ist es geschehen.
people-title-lock = { $count ->
    [one] Einen Benutzer sperren
   *[other] { $count } Benutzer sperren
}
people-do-lock = { $count ->
    [one] Einen Benutzer sperren
   *[other] { $count } Benutzer sperren
}
people-title-unlock = { $count ->
    [one] Einen Benutzer entsperren
   *[other] { $count } Benutzer entsperren
}
people-do-unlock = { $count ->
    [one] Einen Benutzer entsperren
   *[other] { $count } Benutzer entsperren
}
people-title-end-sessions = { $count ->
    [one] Sitzungen eines Benutzers beenden
   *[other] Sitzungen von { $count } Benutzern beenden
}
people-do-end-sessions = { $count ->
    [one] Sitzungen eines Benutzers beenden
   *[other] Sitzungen von { $count } Benutzern beenden
}
people-title-activate = { $count ->
    [one] Einen Benutzer aktivieren
   *[other] { $count } Benutzer aktivieren
}
people-do-activate = { $count ->
    [one] Einen Benutzer aktivieren
   *[other] { $count } Benutzer aktivieren
}
people-title-deactivate = { $count ->
    [one] Einen Benutzer deaktivieren
   *[other] { $count } Benutzer deaktivieren
}
people-do-deactivate = { $count ->
    [one] Einen Benutzer deaktivieren
   *[other] { $count } Benutzer deaktivieren
}
people-title-delete = { $count ->
    [one] Einen Benutzer löschen
   *[other] { $count } Benutzer löschen
}
people-do-delete = { $count ->
    [one] Einen Benutzer löschen
   *[other] { $count } Benutzer löschen
}
people-title-group = { $count ->
    [one] Einen Benutzer zu einer Gruppe hinzufügen
   *[other] { $count } Benutzer zu einer Gruppe hinzufügen
}
people-do-group = { $count ->
    [one] Einen Benutzer zu einer Gruppe hinzufügen
   *[other] { $count } Benutzer zu einer Gruppe hinzufügen
}
people-done-lock = { $count ->
    [one] Ein Benutzer ist gesperrt
   *[other] { $count } Benutzer sind gesperrt
}
people-done-unlock = { $count ->
    [one] Ein Benutzer ist entsperrt
   *[other] { $count } Benutzer sind entsperrt
}
people-done-end-sessions = { $count ->
    [one] Die Sitzungen eines Benutzers sind beendet
   *[other] Die Sitzungen von { $count } Benutzern sind beendet
}
people-done-activate = { $count ->
    [one] Ein Benutzer ist aktiv
   *[other] { $count } Benutzer sind aktiv
}
people-done-deactivate = { $count ->
    [one] Ein Benutzer ist deaktiviert
   *[other] { $count } Benutzer sind deaktiviert
}
people-done-delete = { $count ->
    [one] Ein Benutzer ist gelöscht
   *[other] { $count } Benutzer sind gelöscht
}
people-done-group = { $count ->
    [one] Ein Benutzer ist in die Gruppe aufgenommen
   *[other] { $count } Benutzer sind in die Gruppe aufgenommen
}
people-will-lock = Wird gesperrt
people-will-unlock = Wird entsperrt
people-will-end-sessions = Sitzungen enden
people-will-activate = Wird aktiviert
people-will-deactivate = Wird deaktiviert
people-will-delete = Wird endgültig gelöscht
people-will-group = Kommt in die Gruppe
people-will-lock-sessions = { $count ->
    [one] Wird gesperrt; eine Sitzung endet
   *[other] Wird gesperrt; { $count } Sitzungen enden
}
people-will-deactivate-sessions = { $count ->
    [one] Wird deaktiviert; eine Sitzung endet
   *[other] Wird deaktiviert; { $count } Sitzungen enden
}
people-will-delete-sessions = { $count ->
    [one] Wird endgültig gelöscht; eine Sitzung endet
   *[other] Wird endgültig gelöscht; { $count } Sitzungen enden
}
people-will-end-sessions-sessions = { $count ->
    [one] Eine Sitzung endet
   *[other] { $count } Sitzungen enden
}
people-has-lock = Ist gesperrt
people-has-unlock = Ist entsperrt
people-has-end-sessions = Alle Sitzungen sind beendet
people-has-activate = Ist aktiv
people-has-deactivate = Ist deaktiviert
people-has-delete = Ist gelöscht
people-has-group = Ist Mitglied
people-already-locked = Nichts: ist schon gesperrt
people-already-unlocked = Nichts: ist nicht gesperrt
people-already-active = Nichts: darf schon benutzt werden
people-already-deactivated = Nichts: ist schon deaktiviert
people-already-without-sessions = Nichts: es gibt keine Sitzungen
people-already-member = Nichts: ist schon Mitglied
people-not-reached = Nichts: das ist ein Operator, und Ihre Rolle verwaltet keine Operatoren
people-not-customer = Nichts: Operatoren sind nicht in Gruppen von Kunden
people-not-as-seen = Nichts: das Konto hat sich inzwischen geändert; sehen Sie es sich noch einmal an
people-gone = Nichts: es gibt niemanden mehr mit dieser Id

## A new user.

people-steps = Schritte
people-step-person = Angaben
people-step-check = Prüfen
people-step-done = : erledigt
people-step-back = Zurück
people-kind = Art des Kontos
people-kind-customer = Kunde
people-kind-operator = Operator (arbeitet in dieser Konsole)
people-address = E-Mail-Adresse
people-username = Benutzername
people-username-hint = Damit meldet sich die Person an. In der Regel lässt er sich später nicht ändern.
people-email = E-Mail-Adresse für Nachrichten
people-email-hint = Nötig für eine Einladung per E-Mail.
people-given = Vorname
people-family = Nachname
people-full-name = Vor- und Nachname
people-unsaid = nicht angegeben
people-language = Sprache von Nachrichten und Seiten
people-language-unsaid = Nicht angegeben
people-language-hint = Die Person kann sie ändern.
people-way = Wie kommt die Person zu einem Passwort?
people-way-invite = Einladung senden
people-way-invite-hint = { $count ->
    [one] Eine E-Mail mit einem Link, um ein Passwort zu wählen. Der Link gilt eine Stunde.
   *[other] Eine E-Mail mit einem Link, um ein Passwort zu wählen. Der Link gilt { $count } Stunden.
}
people-way-link = Einladungslink kopieren
people-way-link-hint = Sie bekommen den Link und geben ihn selbst weiter. Es wird keine E-Mail gesendet.
people-way-temporary = Vorläufiges Passwort setzen
people-way-temporary-hint = { $count ->
    [one] Es wird Ihnen einmal gezeigt, gilt eine Stunde und muss bei der ersten Anmeldung geändert werden.
   *[other] Es wird Ihnen einmal gezeigt, gilt { $count } Stunden und muss bei der ersten Anmeldung geändert werden.
}
people-way-none = Gar nicht
people-way-none-hint = Die Person meldet sich nur über einen Identitätsanbieter an.
people-help = Hilfe
people-help-customer = Ein Kunde meldet sich bei Ihren Anwendungen und beim eigenen Konto an. Für Personen, die in dieser Konsole arbeiten, legen Sie einen Operator an.
people-help-unique = Ein Benutzername ist in dieser Organisation einmalig. Derselbe kann in einer anderen Organisation vorkommen.
people-groups-lead = Gruppen lassen sich jederzeit ändern.
people-group-chosen = Ausgewählt
people-nothing-created = Noch ist nichts angelegt.
people-password = Passwort
people-password-typed = Eigenes vorläufiges Passwort
people-password-typed-hint = Bleibt es leer, wird eines erzeugt.
people-create = Benutzer anlegen
people-error-username = Geben Sie einen Benutzernamen ein.
people-error-address = Das ist keine E-Mail-Adresse. Geben Sie eine wie name@example.com ein.
people-error-email = Das ist keine E-Mail-Adresse.
people-error-no-address = Eine Einladung braucht eine E-Mail-Adresse. Geben Sie eine ein, oder wählen Sie einen anderen Weg zum Passwort.
people-error-taken = Diesen Benutzernamen hat schon jemand.
people-open-present = { $name } öffnen
people-created = { $name } ist angelegt
people-is-there = Das Konto ist da.
people-letter-goes = Eine E-Mail geht an { $address }.
people-becomes-active = Es wird aktiv, wenn ein Passwort gewählt ist.
people-link = Einladungslink
people-link-hint = Geben Sie ihn auf einem Weg weiter, den nur die Person lesen kann. Er gilt einmal und wird nicht wieder gezeigt.
people-temporary = Vorläufiges Passwort
people-temporary-hint = Es wird nur dieses eine Mal gezeigt. Es muss bei der ersten Anmeldung geändert werden.
people-good-until = Gültig bis { $time }
people-open = Benutzer öffnen
people-create-another = Noch einen anlegen

## Many at once, from a sheet.

people-import-title = Benutzer importieren
people-import-lead = Der erste Lauf ist eine Probe: Sie sehen, was aus jeder Zeile würde, und nichts wird angelegt.
people-import-file = CSV-Datei
people-import-text = Oder Zeilen oder E-Mail-Adressen einfügen
people-import-text-hint = Ist eine Datei gewählt, gilt die Datei.
people-import-try = Probelauf
people-import-help = Die erste Zeile nennt die Spalten. Nötig ist nur der Benutzername.
people-import-help-groups = Mehrere Gruppen werden durch einen senkrechten Strich getrennt. E-Mail-Adressen allein, eine je Zeile, genügen auch.
people-import-nothing = Wählen Sie eine Datei, oder fügen Sie Zeilen ein.
people-import-too-large = Das ist mehr als { $count } kB, das Größte, was hier gelesen wird. Die Befehlszeile nimmt größere Dateien.
people-import-rows = { $count ->
    [one] Eine Zeile.
   *[other] { $count } Zeilen.
}
people-import-rehearsal = Das war eine Probe: Noch ist nichts angelegt.
people-import-table = Zeilen der Datei
people-import-line = Zeile
people-import-outcome = Ergebnis
people-import-created = Angelegt
people-import-will = Wird angelegt
people-import-skipped = Übergangen: gibt es schon
people-import-failed = Abgelehnt
people-import-refused = { $count ->
    [one] Eine Zeile wurde übergangen oder abgelehnt.
   *[other] { $count } Zeilen wurden übergangen oder abgelehnt.
}
people-import-hidden = { $count ->
    [one] Eine weitere Zeile wird nicht gezeigt.
   *[other] { $count } weitere Zeilen werden nicht gezeigt.
}
people-import-create = { $count ->
    [one] Einen Benutzer anlegen
   *[other] { $count } Benutzer anlegen
}
people-import-other = Andere Datei wählen
people-import-done = { $count ->
    [one] Ein Benutzer ist angelegt
   *[other] { $count } Benutzer sind angelegt
}
people-import-links = Einladungslinks
people-import-passwords = Vorläufige Passwörter
people-import-secrets-hint = Sie werden nur dieses eine Mal gezeigt. Kopieren Sie sie jetzt, und geben Sie jeweils nur der Person weiter, was für sie ist.

## Search.

people-found = Gefunden zu „{ $text }“
people-found-all = Alle zeigen
people-found-pages = Seiten
people-found-nothing = Nichts gefunden
people-found-nothing-hint = Gesucht wird am Anfang von Namen, Benutzernamen und E-Mail-Adressen.
people-a-connection = Verbindung
people-a-page = Seite
people-words-dashboard = Startseite, Überblick
people-words-users = Manage, User Management, Verwalten, Benutzerverwaltung, Kunden, Personen, Konten
people-words-groups = Teams, Manage, Gruppenverwaltung
people-words-operators = Back office, Content, Content Management, Administratoren, Rollen, Mitarbeiter
people-words-connections = Identitätsanbieter, Provisionierung, SCIM, Token
people-words-log = Anfragen, Logs, Fehler
people-words-audit = Verlauf, Änderungen, Audit
people-words-attributes = Profil, Felder, Schema
people-words-workbench = Ausprobieren, API, Anfragen
people-words-settings = Konfiguration, Richtlinien, Passwörter, E-Mail, Registrierung
