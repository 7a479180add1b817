# Die Seiten der Konsole zu Verbindungen.

connections-lead = Jeder Client der Bereitstellung hat eine eigene Verbindung mit Token, Einstellungen und Schutzschild.
connections-count = { $count ->
    [one] 1 Verbindung
   *[other] { $count } Verbindungen
}
connections-new = Neue Verbindung
connections-where = Wo Sie sind
connections-tabs = Diese Verbindung
connections-tab-setup = Einrichtung
connections-tab-tokens = Token
connections-tab-settings = Einstellungen
connections-tab-shield = Schutzschild
connections-tab-log = Anfragen
connections-tab-danger = Gefahrenbereich
connections-cancel = Abbrechen
connections-save = Speichern
connections-help = Hilfe
connections-none = keine
connections-never = nie benutzt
connections-endless = ohne Ende
connections-actions = Aktionen
connections-actions-for = Aktionen für { $name }

connections-state-frozen = Eingefroren
connections-state-expired = Token abgelaufen
connections-state-failing = Viele Fehler
connections-state-expiring = Läuft bald ab
connections-state-silent = Still
connections-state-new = Noch keine Anfrage
connections-state-healthy = In Ordnung
connections-profile-generic = Jeder andere Client

connections-empty = Noch ist nichts verbunden
connections-empty-words = Über eine Verbindung legt ein Identitätsanbieter hier Benutzer an, ändert und deaktiviert sie. Das Einrichten dauert etwa zehn Minuten.
connections-empty-first = Erste Verbindung einrichten
connections-column-name = Verbindung
connections-column-state = Zustand
connections-column-held = Zurückgehalten
connections-last = Letzte Anfrage
connections-errors = Fehler, 24 Std.
connections-token = Token
connections-requests = { $count ->
    [one] 1 Anfrage
   *[other] { $count } Anfragen
}
connections-requests-more = mehr als { $count }
connections-share = { $count } %
connections-share-under = unter 1 %
connections-days = { $count ->
    [0] sofort
    [one] 1 Tag
   *[other] { $count } Tage
}
connections-days-left = { $count ->
    [0] weniger als ein Tag
    [one] noch 1 Tag
   *[other] noch { $count } Tage
}

connections-new-what = Was wird verbunden?
connections-new-what-hint = Das Profil bestimmt, wie Anfragen gelesen werden. Es lässt sich später ändern.
connections-new-name = Name
connections-new-name-hint = Kurz, für Listen und die Befehlszeile: Kleinbuchstaben, Ziffern und Bindestriche.
connections-new-life = Das erste Token gilt
connections-new-create = Verbindung anlegen
connections-help-one = Eine Verbindung gehört zu genau einem Client. Zwei Mandanten von Entra sind zwei Verbindungen.
connections-help-owner = Was sie verwaltet, lässt sich dann nur noch dort ändern, bis ein Operator es löst.
connections-wrong-profile = Wählen Sie, was verbunden wird.
connections-wrong-name = Geben Sie der Verbindung einen Namen.
connections-wrong-taken = Eine Verbindung dieses Namens gibt es schon.
connections-wrong-form = Ein Name hat 1 bis 63 Kleinbuchstaben, Ziffern und Bindestriche, beginnt nicht mit einem Bindestrich und ist nicht „new“.
connections-wrong-number = Geben Sie eine ganze Zahl von { $least } bis { $most } ein.
connections-wrong-value = Wählen Sie einen der angebotenen Werte.
connections-wrong-life = Wählen Sie, wie lange das Token gilt.
connections-wrong-scopes = Wählen Sie mindestens ein Recht.
connections-wrong-confirm = Setzen Sie das Häkchen, wenn Sie das wollen.
connections-wrong-typed = Das ist nicht der Name der Verbindung.
connections-wrong-chosen = Wählen Sie mindestens eine Änderung und was mit ihr geschehen soll.
connections-wrong-more = Inzwischen werden weitere Änderungen zurückgehalten. Sehen Sie sich die neue Zahl an, bevor Sie entscheiden.

connections-setup-in = In { $product }
connections-setup-other = Im Client
connections-setup-base = Basisadresse
connections-setup-token = Geheimes Token
connections-setup-once = Wird nur dieses eine Mal gezeigt. Fügen Sie es allein ein, ohne das Wort Bearer.
connections-setup-gone = Ein Token wird nur einmal gezeigt, wenn es entsteht. Ist es verloren, erstellen Sie ein anderes.
connections-step-open = Öffnen Sie { $what }.
connections-step-base = Fügen Sie die Basisadresse in { $what } ein.
connections-step-token = Fügen Sie das Token allein in { $what } ein.
connections-step-oauth = Legen Sie auf der Seite der Token einen OAuth-Client an und tragen Sie in { $what } ein, was dort gezeigt wird.
connections-step-set = Setzen Sie { $what } auf { $value }.
connections-step-map = Machen Sie { $what } zur Quelle von { $value }.
connections-step-run = Starten Sie { $what } und warten Sie, bis es gelingt.
connections-step-save = Schließen Sie mit { $what } ab.
connections-step-on = Schalten Sie { $what } ein.
connections-step-off = Lassen Sie { $what } ausgeschaltet.
connections-step-assign = Weisen Sie für den Anfang zwei Personen zu: { $what }.
connections-arrived = Was angekommen ist
connections-arrived-again = Noch einmal nachsehen
connections-arrived-unknown = Das Bereitstellungsprotokoll ist ausgeschaltet: Über Anfragen ist nichts bekannt.
connections-check-done = Erledigt
connections-check-failed = Fehlgeschlagen
connections-check-waiting = Wartet
connections-check-request = Eine Anfrage ist angekommen, und ihr Token gilt
connections-check-request-hint = Wartet auf die erste Anfrage mit einem Token dieser Verbindung.
connections-check-search = Erste Suche
connections-check-search-hint = Wartet auf eine Liste oder Suche. Die meisten Clients senden eine, wenn die Verbindung getestet wird.
connections-check-user = Erster Benutzer
connections-check-user-hint = Wartet auf einen neuen Benutzer. Weisen Sie im Client eine Testperson zu.
connections-check-change = Erste Änderung
connections-check-change-hint = Wartet auf eine Änderung. Ändern Sie den Titel der Testperson.
connections-check-leaver = Erster Austritt
connections-check-leaver-hint = Wartet auf eine Deaktivierung. Nehmen Sie die Testperson aus der Anwendung.
connections-check-group = Erste Gruppe
connections-check-group-hint = Wartet auf eine neue Gruppe, falls Gruppen bereitgestellt werden.

connections-token-new = Neues Token
connections-token-rotate = Token erneuern
connections-token-active = Gültig
connections-token-expired = Abgelaufen
connections-token-revoked = Widerrufen
connections-token-ending = { $count ->
    [0] Das Token { $token } wird benutzt und läuft innerhalb eines Tages ab.
    [one] Das Token { $token } wird benutzt und läuft in 1 Tag ab.
   *[other] Das Token { $token } wird benutzt und läuft in { $count } Tagen ab.
}
connections-token-warning = Erneuern Sie es und fügen Sie das neue im Client ein. Beide gelten eine Zeit lang.
connections-tokens-empty = Diese Verbindung hat kein Token.
connections-tokens-more = { $count ->
    [one] 1 älteres Token wird nicht gezeigt.
   *[other] { $count } ältere Token werden nicht gezeigt.
}
connections-scopes = Rechte
connections-used = Zuletzt benutzt
connections-ends = Läuft ab
connections-rotate-link = Erneuern …
connections-revoke-link = Widerrufen …
connections-delete-link = Löschen …
connections-token-scopes = Was das Token erlaubt
connections-token-scopes-hint = Gewählt ist, was das Profil der Verbindung braucht.
connections-token-life = Das Token gilt
connections-token-create = Token erstellen
connections-rotate-words = Ein neues Token mit denselben Rechten tritt an die Stelle von { $token }.
connections-rotate-overlap = Das alte Token gilt noch
connections-revoke-heading = Token { $token } widerrufen?
connections-revoke-words = Die nächste Anfrage mit ihm wird abgewiesen. Ein Client, der es noch benutzt, kommt nicht mehr durch.
connections-revoke-tick = Kein Client benutzt es mehr, oder es soll aufhören
connections-revoke = Widerrufen
connections-secret-token = Das Token ist erstellt
connections-secret-client = Der OAuth-Client ist angelegt
connections-secret-copy = Kopieren Sie es jetzt
connections-secret-once = Nur der Fingerabdruck wird aufbewahrt. Es wird nicht noch einmal gezeigt; geht es verloren, erstellen Sie ein anderes.
connections-secret-until = Gilt bis
connections-secret-former = Älteres Token
connections-secret-former-until = { $token } gilt bis { $until } oder bis Sie es widerrufen
connections-secret-done = Ich habe es kopiert
connections-oauth = OAuth Client Credentials
connections-oauth-words = Für Clients, die kurzlebige Token selbst holen.
connections-oauth-url = Adresse für Token
connections-oauth-clients = Clients
connections-oauth-signs = unterschreibt mit eigenem Schlüssel
connections-oauth-new = Neuer Client
connections-oauth-id = Client-ID
connections-oauth-secret = Geheimnis des Clients
connections-client-delete-heading = Client { $client } löschen?
connections-client-delete-words = Seine Zugriffstoken werden ab der nächsten Anfrage abgewiesen.
connections-client-delete = Client löschen

connections-profile = Profil
connections-profile-hint = Einstellungen, die aus dem Profil stammen, ändern sich mit ihm.
connections-setting = Einstellung
connections-setting-value = Wert
connections-setting-origin = Woher er kommt
connections-setting-unset = Zurücknehmen
connections-setting-now = Jetzt gilt: { $value }
connections-origin-default = Vorgabe
connections-origin-profile = Profil
connections-origin-own = Diese Verbindung
connections-conflict = Jemand anders hat die Einstellungen inzwischen geändert
connections-conflict-words = Was Sie eingegeben haben, steht im Formular, und daneben, was jetzt gilt. Speichern Sie noch einmal, damit Ihres gilt.
connections-purpose-patch-replace-unmatched = PATCH replace auf einen Wertpfad, der nichts trifft: 400 noTarget, oder der Wert entsteht.
connections-purpose-patch-empty-operations = PATCH ohne Operationen: 400 invalidSyntax, oder Erfolg ohne Änderung.
connections-purpose-patch-answer = Die Antwort auf ein PATCH: 200 bei Benutzern und 204 bei Gruppen, oder immer 200 mit der Ressource.
connections-purpose-members-unknown = Mitglieder, die es nicht gibt: 400 mit ihren Namen, oder übergangen mit einer Warnung im Protokoll.
connections-purpose-members-absent = Entfernen eines Mitglieds, das keines ist: Erfolg ohne Änderung, oder 404.
connections-purpose-filter-unquoted = Ein Filterwert ohne Anführungszeichen: 400 invalidFilter, oder als Text gelesen.
connections-purpose-values-string-booleans = „True“ für true: lesen, oder 400 invalidValue.
connections-purpose-values-formats = Länder, Sprachen, Zeitzonen und Adressen: nehmen, was kommt, oder 400, wenn sie nicht die Form ihrer Norm haben.
connections-purpose-values-unknown = Unbekannte Attribute: übergehen, oder 400.
connections-purpose-write-if-match = PUT, PATCH und DELETE ohne If-Match: das letzte gilt, oder 428.
connections-purpose-password-policy = Passwörter, die der Client sendet: die Regeln durchsetzen, oder sie nehmen, wie sie sind.
connections-purpose-create-revive = Anlegen eines Benutzers, den diese Verbindung deaktiviert hat: 409, oder er ist mit derselben ID wieder da.
connections-purpose-shield-mode = Ob Deaktivierungen, Löschungen und Austritte auf eine Entscheidung warten, wenn es zu viele auf einmal sind.
connections-purpose-shield-count = Wie viele einer Art innerhalb des Zeitfensters durchgehen; mehr werden zurückgehalten.
connections-purpose-shield-percent = Wie viel Prozent der Ressourcen der Art, oder der Mitglieder der Gruppe, innerhalb des Zeitfensters durchgehen.
connections-purpose-shield-spare = Wie viele einer Art innerhalb des Zeitfensters immer durchgehen.
connections-purpose-shield-window-minutes = Das Zeitfenster in Minuten.

connections-held = Zurückgehaltene Änderungen
connections-held-notice = { $count ->
    [one] 1 Änderung wird zurückgehalten, seit
   *[other] { $count } Änderungen werden zurückgehalten, die erste seit
}
connections-held-empty = Nichts wird zurückgehalten
connections-shield-off = Der Schutzschild dieser Verbindung ist aus. In den Einstellungen schalten Sie ihn ein.
connections-shield-bounds = Zurückgehalten wird, was innerhalb von { $minutes } Minuten über { $most } einer Art oder { $percent } Prozent hinausgeht; { $spare } gehen immer durch. Der Client erfährt, dass er es noch einmal versuchen soll.
connections-held-choose-all = Alle auf dieser Seite auswählen
connections-held-choose = Änderung von { $name } auswählen
connections-held-who = Wer oder was
connections-held-what = Änderung
connections-held-tries = Versuche
connections-held-first = Erster Versuch
connections-held-chosen = Ausgewählte Änderungen
connections-held-count = { $count } ausgewählt
connections-held-deactivation = Deaktivierung
connections-held-deletion = Löschung
connections-held-removal = { $count ->
    [one] 1 Mitglied scheidet aus
   *[other] { $count } Mitglieder scheiden aus
}
connections-kind-deactivation = Deaktivierungen
connections-kind-deletion = Löschungen
connections-kind-removal = Mitglieder, die aus Gruppen ausscheiden
connections-release = Freigeben
connections-reject = Ablehnen
connections-release-all = Alle freigeben …
connections-reject-all = Alle ablehnen …
connections-release-words = Der nächste Versuch des Clients geht durch. Bis dahin ändert sich nichts.
connections-reject-words = Der nächste Versuch des Clients wird mit 403 beantwortet. Berichtigen Sie die Zuweisung im Client, sonst versucht er es immer wieder.
connections-release-heading = { $count ->
    [one] 1 Änderung freigeben?
   *[other] { $count } Änderungen freigeben?
}
connections-reject-heading = { $count ->
    [one] 1 Änderung ablehnen?
   *[other] { $count } Änderungen ablehnen?
}
connections-release-tick = Ich habe die Liste angesehen, und der Client soll weitermachen
connections-reject-tick = Ich habe die Liste angesehen, und nichts davon soll geschehen
connections-release-button = { $count ->
    [one] 1 Änderung freigeben
   *[other] { $count } Änderungen freigeben
}
connections-reject-button = { $count ->
    [one] 1 Änderung ablehnen
   *[other] { $count } Änderungen ablehnen
}

connections-freeze = Einfrieren
connections-freeze-link = Einfrieren …
connections-freeze-heading = { $name } einfrieren?
connections-freeze-words = Ab der nächsten Anfrage kann der Client lesen und nichts ändern. Seine Änderungen werden mit 503 beantwortet, und er versucht sie später noch einmal. Operatoren können weiterhin alles ändern.
connections-freeze-tick = Ich will diese Verbindung einfrieren
connections-unfreeze = Auftauen
connections-unfreeze-link = Auftauen …
connections-unfreeze-heading = { $name } auftauen?
connections-unfreeze-words = Ab der nächsten Anfrage kann der Client wieder ändern.
connections-unfreeze-tick = Ich will diese Verbindung auftauen
connections-delete = Verbindung löschen
connections-delete-heading = { $name } löschen?
connections-delete-words = Ihre Token enden mit der nächsten Anfrage. Die Benutzer und Gruppen, die sie angelegt hat, bleiben und lassen sich dann hier ändern.
connections-delete-type = Geben Sie zur Bestätigung { $name } ein

connections-notice-deleted = Die Verbindung ist gelöscht.
connections-notice-frozen = Die Verbindung ist eingefroren.
connections-notice-unfrozen = Die Verbindung kann wieder ändern.
connections-notice-revoked = Das Token ist widerrufen.
connections-notice-client-deleted = Der Client ist gelöscht.
connections-notice-released = Freigegeben. Jede Änderung geschieht, wenn der Client sie noch einmal versucht.
connections-notice-rejected = Abgelehnt. Der Client erfährt es, wenn er es noch einmal versucht.
