# Who changed what.

audit-lead = Was Operatoren, Verbindungen und der Server getan haben, Neuestes zuerst. Einträge kommen nur hinzu.
audit-export = Exportieren
audit-export-words = { $count ->
    [one] Der Export ist JSON Lines mit der Auswahl hier, höchstens { $count } Änderung.
   *[other] Der Export ist JSON Lines mit der Auswahl hier, höchstens { $count } Änderungen.
}
audit-event = Ereignis
audit-all = Alle
audit-by = Von
audit-by-hint = Die Id eines Operators oder Wörter wie „connection entra“
audit-about = Id der Ressource
audit-request = Id der Anfrage
audit-from = Von (UTC)
audit-to = Bis (UTC)
audit-apply = Anwenden
audit-clear = Alles zeigen
audit-none = Nichts gefunden
audit-none-words = Keine Änderung entspricht Ihrer Auswahl.
audit-empty = Es ist noch nichts geändert worden
audit-empty-words = Sobald jemand etwas ändert, steht es hier.
audit-cut = Die Suche hat hier angehalten; ältere Änderungen sind noch nicht durchsucht.
audit-further = Weiter zurück suchen
audit-to-request = Die Anfrage
audit-attribute = Attribut
audit-before = Vorher
audit-after = Nachher
audit-nothing = nichts
audit-differences = { $count ->
    [one] { $count } Unterschied
   *[other] { $count } Unterschiede
}
audit-left-out = { $count ->
    [one] { $count } weiterer
   *[other] { $count } weitere
}
audit-total = { $count ->
    [one] { $count } Änderung, Neuestes zuerst
   *[other] { $count } Änderungen, Neuestes zuerst
}
audit-total-more = { $count ->
    [one] Mehr als { $count } Änderung, Neuestes zuerst
   *[other] Mehr als { $count } Änderungen, Neuestes zuerst
}
audit-create = Angelegt
audit-modify = Geändert
audit-replace = Ersetzt
audit-delete = Gelöscht
audit-revive = Wieder aufgenommen
audit-purge = Endgültig entfernt
audit-detach = Von der Verbindung gelöst
audit-view-as-customer = Als Kunde angesehen
audit-end-sessions = Sitzungen beendet
audit-create-operator-token = API-Token eines Operators angelegt
audit-set-attribute = Profilattribut geändert
audit-add-schema = Schema angelegt oder geändert
audit-remove-schema = Schema entfernt
audit-update-tenant = Einstellungen geändert
audit-create-tenant = Mandant angelegt
audit-create-connection = Verbindung angelegt
audit-update-connection = Verbindung geändert
audit-delete-connection = Verbindung gelöscht
audit-freeze-connection = Verbindung auf Nur-Lesen gesetzt
audit-unfreeze-connection = Verbindung nimmt wieder Änderungen an
audit-release-held = Zurückgehaltene Änderungen freigegeben
audit-create-token = Token angelegt
audit-rotate-token = Token erneuert
audit-revoke-token = Token widerrufen
audit-create-client = OAuth-Client angelegt
audit-rotate-client = Geheimnis eines OAuth-Clients erneuert
audit-delete-client = OAuth-Client gelöscht
audit-create-issuer = Token-Aussteller hinzugefügt
audit-delete-issuer = Token-Aussteller entfernt
