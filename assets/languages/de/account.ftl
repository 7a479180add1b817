# Die Seiten für Personen: Anmelden, Registrieren, das eigene Konto.

## Jede Seite

account-skip = Zum Inhalt springen
account-signed-in-as = Angemeldet als
account-sign-out = Abmelden
account-language-menu = Sprache dieser Seite
account-navigation = Ihr Konto
account-error-state = Fehler:
account-summary-title = Bitte prüfen Sie Ihre Eingaben
account-optional = (freiwillig)
account-empty = (leer)

## Wörter mehrerer Formulare

account-username = Benutzername
account-username-hint = Oft ist das Ihre E-Mail-Adresse.
account-email = E-Mail-Adresse
account-password = Passwort
account-current-password = Bisheriges Passwort
account-new-password = Neues Passwort
account-given-name = Vorname
account-family-name = Nachname
account-rules-title = Regeln für das Passwort:
account-rules-paste = Sie können ein Passwort aus einem Passwortmanager einfügen.
account-mail-missing = Nach einigen Minuten noch nichts da? Sehen Sie auch im Spam-Ordner nach und prüfen Sie, ob die Adresse richtig geschrieben ist.
account-back-to-sign-in = Zurück zur Anmeldung
account-sign-in-again = Neu anmelden

## Anmelden

account-sign-in-title = Anmelden
account-sign-in-lead = Melden Sie sich mit Ihrem Konto bei { $organization } an.
account-sign-in-button = Anmelden
account-sign-in-forgot = Passwort vergessen?
account-sign-in-register = Konto anlegen

## Ein Passwort wählen

account-set-invite-title = Wählen Sie Ihr Passwort
account-set-invite-lead = Sie wurden zu { $organization } eingeladen. Wählen Sie das Passwort, mit dem Sie sich anmelden werden. Damit bestätigen Sie auch Ihre E-Mail-Adresse.
account-set-reset-title = Wählen Sie ein neues Passwort
account-set-reset-lead = Danach melden Sie sich bei { $organization } nur noch mit dem neuen Passwort an. Sie werden überall abgemeldet.
account-set-must-title = Bitte ändern Sie Ihr Passwort
account-set-must-lead = Ihr bisheriges Passwort ist vorläufig oder abgelaufen. Wählen Sie eines, das nur Sie kennen, um bei { $organization } fortzufahren.
account-set-button = Passwort speichern

## Registrieren

account-register-title = Konto anlegen
account-register-lead = Ihr Konto entsteht bei { $organization }. Bevor Sie es benutzen können, bestätigen Sie Ihre E-Mail-Adresse.
account-register-address-hint = Mit dieser Adresse melden Sie sich an. Wir senden einen Link dorthin.
account-register-email-hint = Wir senden einen Link an diese Adresse.
account-register-username-hint = Mit diesem Namen melden Sie sich an.
account-register-button = Konto anlegen
account-register-have = Ich habe schon ein Konto
account-registered-title = Sehen Sie in Ihr Postfach
account-registered-lead = Falls die Adresse hier neu ist, ist eine Nachricht mit einem Link unterwegs. Öffnen Sie den Link, um Ihre Adresse zu bestätigen.
account-verify-title = Bestätigen Sie Ihre Adresse
account-verify-lead = Für Ihr Konto bei { $organization } fehlt noch ein Schritt.
account-verify-button = Meine Adresse bestätigen
account-verified-title = Ihre Adresse ist bestätigt
account-verified-lead = Ihr Konto ist bereit. Sie können sich jetzt anmelden.
account-verified-waits = Ihr Konto muss noch von der Administration von { $organization } freigegeben werden. Sie erhalten eine Nachricht, sobald das geschehen ist.
account-verified-back = Zurück zur Anwendung
account-welcome-title = Willkommen bei Muster
account-welcome-lead = Sie richten { $organization } ein. Legen Sie Ihr Konto an: Es erhält als erstes die Inhaberrolle und darf in der Konsole alles.
account-welcome-address-hint = Mit dieser Adresse melden Sie sich an.

## Ein vergessenes Passwort

account-forgot-title = Passwort zurücksetzen
account-forgot-lead = Nennen Sie uns Ihren Benutzernamen. Wir senden einen Link, mit dem Sie ein neues Passwort wählen, an die E-Mail-Adresse des Kontos.
account-forgot-button = Link senden
account-forgot-sent-title = Sehen Sie in Ihr Postfach
account-forgot-sent-lead = Falls es ein solches Konto gibt, ist eine Nachricht mit einem Link unterwegs. Der Link gilt einmal und nur für begrenzte Zeit.
account-link-dead-title = Dieser Link gilt nicht mehr
account-link-dead-lead = Er wurde schon benutzt, ist abgelaufen oder wurde durch einen neueren ersetzt.
account-link-dead-invite = Wenn Sie Ihr Passwort schon gewählt haben, können Sie sich anmelden. Bitten Sie sonst die Administration von { $organization } um eine neue Einladung.
account-link-dead-reset = Sie können für Ihr Konto bei { $organization } einen neuen Link anfordern.
account-link-dead-verify = Wenn Sie Ihre Adresse schon bestätigt haben, können Sie sich bei { $organization } anmelden. Registrieren Sie sich sonst noch einmal, um einen neuen Link zu erhalten.
account-link-dead-welcome = Wenn Sie Ihr Konto schon angelegt haben, können Sie sich anmelden. Sonst erzeugt „muster init“ auf dem Server einen neuen Link.
account-link-dead-button = Neuen Link anfordern

## Das Profil

account-profile-title = Profil
account-profile-managed = Diese Angaben werden für Sie verwaltet. Wenden Sie sich an die Administration, wenn sich etwas ändern soll.
account-managed-by = Verwaltet von { $connection }
account-profile-button = Änderungen speichern
account-choice-none = Keine Auswahl
account-conflict-title = Dieses Profil wurde gleichzeitig von anderer Seite geändert
account-conflict-lead = Noch ist nichts gespeichert. Das Formular unten enthält Ihre Eingaben. Vergleichen Sie, berichtigen Sie sie bei Bedarf und speichern Sie noch einmal.
account-conflict-theirs = Jetzt gespeichert
account-conflict-yours = Ihre Eingabe
account-conflict-discard = Meine Eingaben verwerfen
account-export-title = Ihre Daten
account-export-lead = Laden Sie herunter, was bei { $organization } über Sie gespeichert ist, als Datei im JSON-Format.
account-export-link = Meine Daten herunterladen

## Das Passwort

account-password-title = Passwort
account-password-lead = Wenn Sie Ihr Passwort ändern, werden Sie überall sonst abgemeldet.
account-password-last = Zuletzt geändert: { $when }
account-password-button = Passwort ändern

## Sitzungen

account-sessions-title = Sitzungen
account-sessions-lead = Hier sind Sie angemeldet. Wenn Sie eine Sitzung nicht kennen, beenden Sie sie und ändern Sie Ihr Passwort.
account-sessions-current = Diese Sitzung
account-sessions-agent = { $browser } unter { $system }
account-sessions-address = Netzwerkadresse
account-sessions-since = Angemeldet
account-sessions-last-used = Zuletzt benutzt
account-sessions-end = Sitzung beenden
account-sessions-end-others = Alle anderen Sitzungen beenden

## Gruppen

account-groups-title = Mein Zugang
account-groups-lead = Ihre Gruppen bestimmen, was Sie bei { $organization } benutzen dürfen.
account-groups-count = { $count ->
    [one] Sie sind in { $count } Gruppe.
   *[other] Sie sind in { $count } Gruppen.
}
account-groups-none = Sie sind noch in keiner Gruppe.
account-groups-indirect = Über eine andere Gruppe

## Die Sprache

account-language-title = Sprache
account-language-lead = In welcher Sprache dürfen wir Sie ansprechen, hier und in Nachrichten?
account-language-button = Sprache speichern

## Das Konto aufgeben

account-leave-title = Konto aufgeben
account-leave-lead = Hier können Sie Ihr Konto bei { $organization } selbst beenden.
account-leave-last-owner = Außer Ihnen hat niemand mehr die Inhaberrolle bei { $organization }. Übertragen Sie sie einer anderen Person, bevor Sie gehen.
account-leave-neither = Ihr Konto wird von { $organization } verwaltet. Wenden Sie sich an die Administration, wenn es geschlossen werden soll.
account-deactivate-title = Mein Konto deaktivieren
account-deactivate-lead = Sie werden sofort abgemeldet und können sich nicht mehr anmelden. Ihre Daten bleiben gespeichert. Die Administration kann das Konto wieder aktivieren.
account-deactivate-confirm = Ich möchte mein Konto deaktivieren
account-deactivate-button = Konto deaktivieren
account-delete-title = Mein Konto löschen
account-delete-lead = Ihr Konto wird mit Ihrem Profil und Ihren Mitgliedschaften gelöscht. Das lässt sich nicht rückgängig machen.
account-delete-username = Geben Sie zur Bestätigung Ihren Benutzernamen ein:
account-delete-button = Konto endgültig löschen

## Nach einer Sitzung

account-signed-out-title = Sie sind abgemeldet
account-signed-out-lead = Ihre Sitzung bei { $organization } ist beendet.
account-signed-out-deleted-title = Ihr Konto wurde gelöscht
account-signed-out-deleted-lead = Sie sind abgemeldet. Ihr Konto bei { $organization } gibt es nicht mehr.
account-signed-out-deactivated-title = Ihr Konto wurde deaktiviert
account-signed-out-deactivated-lead = Sie sind abgemeldet. Wenn Sie das Konto wieder brauchen, wenden Sie sich an die Administration von { $organization }.

## Meldungen

account-notice-profile-saved = Ihre Änderungen sind gespeichert.
account-notice-nothing-changed = Es wurde nichts geändert.
account-notice-address-pending = Wir haben einen Link an die neue Adresse gesendet. Sie gilt, sobald Sie den Link geöffnet haben.
account-notice-password-changed = Ihr Passwort ist geändert. Alle anderen Sitzungen sind beendet.
account-notice-password-set = Ihr Passwort ist gespeichert. Sie können sich jetzt anmelden.
account-notice-owner-ready = Ihr Konto ist bereit. Sie können sich jetzt anmelden.
account-notice-session-ended = Die Sitzung ist beendet.
account-notice-sessions-ended = Alle anderen Sitzungen sind beendet.
account-notice-language-saved = Ihre Sprache ist gespeichert.
account-notice-sign-in-again = Sie wurden abgemeldet. Bitte melden Sie sich neu an.

## Seiten für Fehler

account-error-page-400 = Das hat nicht geklappt
account-error-page-401 = Bitte melden Sie sich an
account-error-page-403 = Das ist Ihnen nicht erlaubt
account-error-page-404 = Diese Seite gibt es nicht
account-error-page-413 = Das war zu viel
account-error-page-429 = Zu viele Versuche
account-error-page-500 = Bei uns ist etwas schiefgegangen
account-error-page-503 = Im Augenblick nicht verfügbar
account-error-advice-400 = Die Anfrage war unvollständig oder zu alt. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
account-error-advice-401 = Diese Seite ist nur für angemeldete Personen.
account-error-advice-403 = Wenn Sie meinen, dass Sie es dürfen sollten, wenden Sie sich an die Administration.
account-error-advice-foreign = Das Formular kam von einer anderen Website, oder Ihr Browser verschweigt, woher es kam. Nichts ist geschehen. Öffnen Sie die Seite hier und senden Sie es noch einmal ab.
account-error-advice-404 = Vielleicht ist die Adresse falsch geschrieben, oder die Seite ist umgezogen.
account-error-advice-413 = Das Formular enthält mehr, als wir annehmen. Nichts wurde gespeichert. Gehen Sie zurück, kürzen Sie Ihre Eingaben und senden Sie es noch einmal ab.
account-error-advice-later = Bitte versuchen Sie es später noch einmal.
account-error-advice-500 = Wir haben den Fehler aufgezeichnet. Bitte versuchen Sie es später noch einmal.
account-error-page-home = Zur Startseite
account-error-page-status = Status
account-error-page-request = Nummer der Anfrage
account-retry-seconds = { $count ->
    [one] In { $count } Sekunde können Sie es wieder versuchen.
   *[other] In { $count } Sekunden können Sie es wieder versuchen.
}
account-retry-minutes = { $count ->
    [one] In { $count } Minute können Sie es wieder versuchen.
   *[other] In { $count } Minuten können Sie es wieder versuchen.
}
account-retry-hours = { $count ->
    [one] In { $count } Stunde können Sie es wieder versuchen.
   *[other] In { $count } Stunden können Sie es wieder versuchen.
}

## Was an einem Formular falsch ist

account-error-sign-in = Die Anmeldung hat nicht geklappt. Der Benutzername oder das Passwort ist falsch, oder das Konto ist gesperrt.
account-error-username-missing = Geben Sie Ihren Benutzernamen ein.
account-error-username-mismatch = Das ist nicht Ihr Benutzername. Geben Sie ihn so ein, wie er angezeigt wird.
account-error-username-taken = Es gibt schon ein Konto mit diesem Namen. Wählen Sie einen anderen.
account-error-email-invalid = Geben Sie eine E-Mail-Adresse wie name@example.com ein.
account-error-password-missing = Geben Sie Ihr Passwort ein.
account-error-new-password-missing = Geben Sie ein neues Passwort ein.
account-error-current-missing = Geben Sie Ihr bisheriges Passwort ein.
account-error-current-wrong = Das bisherige Passwort ist falsch.
account-error-password-same = Das neue Passwort muss sich vom bisherigen unterscheiden.
account-error-password-rule = Das neue Passwort verletzt eine Regel: { $rule }.
account-error-confirm-missing = Setzen Sie das Häkchen zur Bestätigung.
account-error-of-field = { $label }: { $message }
account-error-value-invalid = Dieser Wert ist hier nicht erlaubt.
account-error-web-address = Geben Sie eine Webadresse wie https://www.example.com ein.
account-error-locale = Geben Sie eine Sprache und eine Region wie de-AT ein.
account-error-time-zone = Geben Sie eine Zeitzone wie Europe/Berlin ein.

## Regeln für Passwörter, als Einträge einer Liste

password-too-short = { $count ->
    [one] mindestens { $count } Zeichen
   *[other] mindestens { $count } Zeichen
}
password-too-long = { $count ->
    [one] höchstens { $count } Zeichen
   *[other] höchstens { $count } Zeichen
}
password-no-upper = ein Großbuchstabe
password-no-lower = ein Kleinbuchstabe
password-no-digit = eine Ziffer
password-no-special = eines der Zeichen { $characters }
password-common = kein verbreitetes Passwort
password-guessable = nicht leicht an einem Muster zu erraten
password-personal = ohne Ihren Namen und Ihre Adresse

## Attributes of the profile

account-field-username = Benutzername
account-field-emails = E-Mail-Adresse
account-field-name-formatted = Vollständiger Name
account-field-name-familyname = Nachname
account-field-name-givenname = Vorname
account-field-name-middlename = Zweiter Vorname
account-field-name-honorificprefix = Titel vor dem Namen
account-field-name-honorificsuffix = Zusatz nach dem Namen
account-field-displayname = Anzeigename
account-field-nickname = Spitzname
account-field-profileurl = Webseite
account-field-locale = Regionales Format
account-field-timezone = Zeitzone
account-field-title = Berufsbezeichnung
account-field-usertype = Art des Benutzers
account-field-employeenumber = Personalnummer
account-field-costcenter = Kostenstelle
account-field-organization = Organisation
account-field-division = Bereich
account-field-department = Abteilung
