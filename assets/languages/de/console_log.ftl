# The provisioning log.

log-where = Wo Sie sind
log-lead = Jede SCIM-Anfrage und ihre Antwort, ohne Geheimnisse.
log-off = Es wird nichts aufbewahrt
log-off-words = Das Protokoll ist in der Konfiguration des Servers ausgeschaltet.
log-connection = Verbindung
log-method = Methode
log-status = Status
log-since = Seit
log-resource-id = Id der Ressource
log-request-id = Id der Anfrage
log-apply = Anwenden
log-clear = Alles zeigen
log-all = Alle
log-changes-only = Nur Änderungen
log-status-2 = 2xx: ausgeführt
log-status-4 = 4xx: abgelehnt
log-status-5 = 5xx: fehlgeschlagen
log-since-ever = Jederzeit
log-since-hour = 1 Stunde
log-since-day = 24 Stunden
log-since-week = 7 Tage
log-ok = Ausgeführt
log-refused = Abgelehnt
log-held = Zurückgehalten
log-failed = Fehlgeschlagen
log-outcome = Ergebnis
log-empty = Es ist noch keine Anfrage gekommen
log-empty-words = Sobald ein Client mit dem Token einer Verbindung etwas sendet, steht es hier mit seiner Antwort.
log-connect = Verbindung einrichten
log-try = Selbst eine Anfrage senden
log-none = Nichts gefunden
log-none-words = Keine Anfrage entspricht Ihrer Auswahl.
log-cut = Die Suche hat hier angehalten; ältere Anfragen sind noch nicht durchsucht.
log-further = Weiter zurück suchen
log-requests = Anfragen
log-entry = Eintrag
log-time = Zeit
log-request = Anfrage
log-answer = Antwort
log-milliseconds = ms
log-nobody = kein gültiges Token
log-older = Ältere
log-newer = Neuere
log-explained = Erklärt
log-understood = Verstanden
log-matched = Gefunden
log-changed = Geändert
log-why-refused = Warum abgelehnt wurde
log-advice = Was zu tun ist
log-curl = Als curl-Befehl
log-curl-words = Das Token steht nicht darin: Setzen Sie zuerst die Variable TOKEN.
log-workbench = In der Werkbank öffnen
log-about = Über die Anfrage
log-duration = Dauer
log-token = Token
log-address = Adresse
log-client = Client
log-resource = Ressource
log-all-of-resource = Alle Anfragen zu dieser Ressource
log-history = Verlauf dieser Ressource
log-shown = { $count ->
    [one] { $count } Anfrage
   *[other] { $count } Anfragen, neueste zuerst
}
log-bytes = { $count ->
    [one] { $count } Byte
   *[other] { $count } Bytes
}
