# The pages of groups in the console.

groups-new = Neue Gruppe
groups-group = Gruppe
groups-crumbs = Wo diese Seite ist
groups-tabs = Diese Gruppe
groups-members = Mitglieder
groups-member = Mitglied
groups-person = Person
groups-history = Verlauf
groups-edit = Bearbeiten
groups-delete = Löschen …
groups-add = Mitglieder hinzufügen
groups-add-more = Weitere hinzufügen
groups-cancel = Abbrechen
groups-back = Zurück zur Gruppe
groups-save = Speichern
groups-find = Suchen
groups-apply = Anwenden
groups-actions = Aktionen
groups-actions-for = Aktionen für { $name }
groups-search = Name beginnt mit
groups-filter = SCIM-Filter, wie in der API
groups-filter-refused = Der Filter wird nicht angewendet. Die Liste wird ohne ihn gezeigt.
groups-for = Für
groups-for-everybody = Alle
groups-for-customers = Kunden
groups-for-operators = Operatoren
groups-from = Von
groups-from-console = Konsole
groups-changed = Geändert
groups-state = Status
groups-state-active = Aktiv
groups-state-invited = Eingeladen
groups-state-pending = Wartet auf Bestätigung
groups-state-locked = Gesperrt
groups-state-deactivated = Deaktiviert
groups-kind-group = Gruppe
groups-count = { $count ->
    [one] { $count } Gruppe
   *[other] { $count } Gruppen
}
groups-count-more = Mehr als { $count } Gruppen
groups-number-more = mehr als { $count }
groups-members-count = { $count ->
    [one] { $count } Mitglied
   *[other] { $count } Mitglieder
}
groups-members-count-more = Mehr als { $count } Mitglieder
groups-changes-count = { $count ->
    [one] { $count } Änderung
   *[other] { $count } Änderungen
}
groups-changes-count-more = Mehr als { $count } Änderungen
groups-found = { $count ->
    [one] { $count } Person gefunden
   *[other] { $count } Personen gefunden
}
groups-found-more = Mehr als { $count } Personen gefunden
groups-cut = Die Suche hat nach vielen Einträgen angehalten. Die nächste Seite sucht dort weiter.
groups-empty = Es gibt noch keine Gruppen
groups-empty-detail = Eine Gruppe fasst Benutzer zusammen, die dieselben Rechte haben. Anwendungen sehen die Gruppen eines Benutzers bei der Anmeldung.
groups-empty-create = Erste Gruppe anlegen
groups-none = Keine Gruppe gefunden
groups-none-detail = Versuchen Sie einen kürzeren Anfang des Namens oder einen anderen Filter.
groups-show-all = Alle Gruppen zeigen
groups-name = Name
groups-name-hint = So nennen Menschen und Anwendungen die Gruppe. Groß- und Kleinschreibung macht keinen Unterschied.
groups-open-twin = Die Gruppe mit diesem Namen öffnen
groups-who = Wer kann Mitglied sein?
groups-who-customers = Anwendungen sehen die Gruppe bei der Anmeldung.
groups-who-operators = Die Gruppe kann eine Rolle dieser Konsole tragen.
groups-role = Rolle
groups-role-none = Keine Rolle
groups-role-hint = Nur Gruppen von Operatoren tragen Rollen. Wer in der Gruppe ist, hat ihre Rolle.
groups-member-search = Name oder Benutzername beginnt mit
groups-create = Gruppe anlegen
groups-managed-by = Verwaltet von
groups-managed = Die Gruppe wird von der Verbindung { $connection } verwaltet.
groups-managed-detail = Ihr nächster Abgleich kann rückgängig machen, was Sie hier ändern.
groups-no-members = Diese Gruppe hat noch keine Mitglieder
groups-no-member-found = Kein Mitglied gefunden
groups-choose-all = Alle auf dieser Seite auswählen
groups-chosen = Ausgewählt
groups-chosen-count = { $count } ausgewählt
groups-with-chosen = Mit den ausgewählten Mitgliedern
groups-remove-one = { $name } entfernen
groups-remove-chosen = Aus der Gruppe entfernen …
groups-add-title = Mitglieder zu { $name } hinzufügen
groups-add-one = { $name } hinzufügen
groups-to-add = Personen zum Hinzufügen
groups-nobody-to-add = Niemand gefunden, der nicht schon Mitglied ist
groups-chosen-before = { $count ->
    [one] { $count } Änderung ist vorgemerkt und noch nicht gespeichert.
   *[other] { $count } Änderungen sind vorgemerkt und noch nicht gespeichert.
}
groups-to-review = Weiter
groups-review-title = Mitglieder von { $name } ändern?
groups-review-words = { $added }, { $removed }. Alle anderen bleiben unberührt, wer auch immer sie inzwischen geändert hat.
groups-review-added = { $count ->
    [one] { $count } kommt hinzu
   *[other] { $count } kommen hinzu
}
groups-review-removed = { $count ->
    [one] { $count } wird entfernt
   *[other] { $count } werden entfernt
}
groups-review-nothing = Es würde sich nichts ändern
groups-review-add = { $count } hinzufügen
groups-review-remove = { $count } entfernen
groups-review-both = Hinzufügen und entfernen
groups-changes = Änderungen
groups-change = Änderung
groups-added = Hinzugefügt
groups-removed = Entfernt
groups-edit-title = { $name } bearbeiten
groups-conflict-title = Jemand anderes hat diese Gruppe geändert
groups-conflict-detail = Sie wurde gespeichert, nachdem Sie das Formular geöffnet haben: { $when }. Von Ihnen ist noch nichts gespeichert.
groups-conflict-was = Als Sie sie geöffnet haben
groups-conflict-theirs = Inzwischen gespeichert
groups-conflict-mine = Ihre Eingabe
groups-conflict-save = Meine Eingabe speichern
groups-conflict-discard = Meine Eingabe verwerfen
groups-conflict-form = Zurück zum Formular
groups-differences = Unterschiede
groups-attribute = Attribut
groups-delete-title = { $name } löschen?
groups-delete-final = Das kann nicht rückgängig gemacht werden.
groups-delete-members = { $count ->
    [one] { $count } Mitglied verliert die Gruppe sofort. Das Mitglied selbst bleibt.
   *[other] { $count } Mitglieder verlieren die Gruppe sofort. Die Mitglieder selbst bleiben.
}
groups-delete-type = Geben Sie zur Bestätigung den Namen der Gruppe ein
groups-delete-confirm = Endgültig löschen
groups-history-empty = Nichts ist aufgezeichnet
groups-event-create = Angelegt von
groups-event-modify = Geändert von
groups-event-replace = Ersetzt von
groups-event-other = { $operation } von
groups-error-name = Geben Sie einen Namen für die Gruppe ein.
groups-error-taken = Eine andere Gruppe hat diesen Namen. Wählen Sie einen anderen.
groups-error-many = { $count ->
    [one] Es kann höchstens { $count } Person auf einmal gewählt werden. Speichern Sie diese zuerst.
   *[other] Es können höchstens { $count } Personen auf einmal gewählt werden. Speichern Sie diese zuerst.
}
groups-error-typed = Das ist nicht der Name der Gruppe.
groups-error-last-owner = Niemand, der sich anmelden kann, wäre dann noch Eigentümer. Machen Sie zuerst einen anderen Operator zum Eigentümer.
groups-notice-created = Die Gruppe ist angelegt.
groups-notice-deleted = Die Gruppe ist gelöscht.
groups-notice-members = Die Mitglieder sind geändert.
