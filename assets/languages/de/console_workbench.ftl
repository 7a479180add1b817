# Requests by hand.

workbench-lead = Senden Sie SCIM-Anfragen in Ihrem eigenen Namen, mit dem, was Ihre Rolle erlaubt.
workbench-method = Methode
workbench-path = Pfad unter
workbench-build-filter = Filter zusammenstellen
workbench-build-patch = PATCH-Anfrage zusammenstellen
workbench-attribute = Attribut
workbench-operator = Operator
workbench-operation = Operation
workbench-value = Wert
workbench-add = Hinzufügen
workbench-body = Rumpf (für POST, PUT und PATCH)
workbench-if-match = If-Match (Version)
workbench-if-match-hint = Der ETag der Version, die Sie ändern wollen.
workbench-send = Senden
workbench-writes = Was eine Anfrage ändert, ist wirklich geändert und steht unter Ihrem Namen im Verlauf.
workbench-reads = Ihre Rolle erlaubt nur Lesen.
workbench-answer = Antwort
workbench-milliseconds = ms
workbench-bytes = { $count ->
    [one] { $count } Byte
   *[other] { $count } Bytes
}
workbench-no-body = Die Antwort hat keinen Rumpf.
workbench-changed = Was sie geändert hat
workbench-only-read = Nichts: Es war eine Leseanfrage.
workbench-nothing = Nichts: Eine abgelehnte Anfrage ändert nichts.
workbench-see-history = Nichts an dieser einen Ressource; der Verlauf zeigt alle Änderungen.
workbench-log = Diese Anfrage im Protokoll
workbench-more = Kopfzeilen, und die Anfrage als curl
workbench-headers = Kopfzeilen
workbench-past = Zuvor gesendet
workbench-past-none = Was Sie senden, steht hier, solange die Seite offen ist.
workbench-endpoints = Endpunkte
