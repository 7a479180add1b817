# The pages of one person in the console.

## The head of a person's pages

person-crumbs = Wo Sie sind
person-tabs = Seiten dieser Person
person-tab-profile = Profil
person-tab-groups = Gruppen
person-tab-sign-in = Anmeldung und Sitzungen
person-tab-assigned = Zugewiesen an
person-tab-history = Verlauf
person-tab-json = JSON
person-tab-danger = Gefahrenbereich
person-operator = Bearbeiter
person-edit = Bearbeiten
person-more = Mehr
person-new = Neuer Benutzer
person-save = Speichern
person-cancel = Abbrechen
person-none = nichts
person-blank = Nicht ausgefüllt
person-never = nie
person-yes = Ja
person-no = Nein
person-unsaid = Keine Angabe
person-state-active = Aktiv
person-state-invited = Eingeladen
person-state-pending = Wartet auf Bestätigung
person-state-locked = Gesperrt
person-state-deactivated = Deaktiviert

## What can be done

person-lock = Sperren…
person-unlock = Entsperren…
person-activate = Aktivieren…
person-deactivate = Deaktivieren…
person-approve = Freigeben…
person-invite = Einladung senden…
person-reset = Passwort zurücksetzen…
person-assign = Einem Bearbeiter zuweisen
person-detach = Lösen…
person-delete = Löschen…
person-refused-role = Ihre Rolle erlaubt das nicht.
person-refused-operators = Nur Inhaber ändern Bearbeiter.

## The profile

person-section = Person
person-section-enterprise = Unternehmen
person-managed-by = Verwaltet von
person-about = Über den Datensatz
person-record = Datensatz
person-source = Herkunft
person-source-admin = Ein Bearbeiter
person-source-self = Die Person selbst
person-source-csv = Ein Import
person-source-other = Ein anderes Programm
person-foreign-id = Id in der Quelle
person-created = Angelegt
person-changed = Geändert
person-version = Fassung
person-id = Id
person-last-sign-in = Letzte Anmeldung

## The form

person-edit-title = { $name } bearbeiten
person-owned-hint = Was eine Verbindung verwaltet, wird dort geändert.
person-more-rows = Weitere hinzufügen
person-rows-hint = Eine geleerte Zeile wird entfernt.
person-hint-is = Das ist { $name }. Sie können einen Benutzernamen oder eine Id eingeben.
person-hint-username = Der Name für die Anmeldung.
person-hint-displayname = Was andere in Listen und Nachrichten sehen.
person-hint-preferredlanguage = Eine Sprache wie de. Seiten und Nachrichten sind in ihr.
person-hint-locale = Eine Sprache und eine Region wie de-DE.
person-hint-timezone = Eine Zeitzone wie Europe/Berlin.
person-hint-profileurl = Eine Webadresse wie https://www.example.com.
person-hint-manager = Benutzername oder Id eines anderen Benutzers.
person-field-name = Name
person-field-externalid = Externe Kennung
person-field-active = Aktiv
person-field-password = Passwort
person-field-groups = Gruppen
person-field-preferredlanguage = Sprache
person-field-phonenumbers = Telefon
person-field-ims = Chat-Adressen
person-field-photos = Bilder
person-field-addresses = Postanschriften
person-field-entitlements = Berechtigungen
person-field-roles = Rollen in der Quelle
person-field-manager = Vorgesetzte Person
person-part-value = Wert
person-part-type = Art
person-part-primary = Hauptwert
person-part-formatted = Ganze Anschrift
person-part-streetaddress = Straße
person-part-locality = Ort
person-part-region = Region
person-part-postalcode = Postleitzahl
person-part-country = Land
person-type-work = Arbeit
person-type-home = Privat
person-type-other = Sonstige
person-type-mobile = Mobil
person-type-fax = Fax
person-type-pager = Funkrufempfänger
person-type-photo = Foto
person-type-thumbnail = Kleines Bild
person-error-number = Geben Sie eine Zahl wie 12 oder 1.5 ein.
person-error-moment = Geben Sie Datum und Uhrzeit wie 2027-03-31T12:00:00Z ein.
person-error-nobody = Es gibt keinen Benutzer mit diesem Namen oder dieser Id.

## Somebody else has saved

person-conflict-title = Jemand anderes hat diesen Benutzer geändert
person-conflict-lead = { $name } hat am { $when } etwas gespeichert, nachdem Sie das Formular geöffnet hatten. Von Ihnen ist noch nichts gespeichert.
person-differences = Unterschiede
person-attribute = Merkmal
person-opened = Als Sie es öffneten
person-theirs = Inzwischen gespeichert
person-yours = Ihre Eingabe
person-keep-theirs = Deren Wert behalten:
person-write-mine = Mit meinem Wert überschreiben:
person-not-yours = von Ihnen nicht geändert
person-save-choice = Meine Wahl speichern
person-discard = Meine verwerfen
person-back-to-form = Zurück zum Formular

## Groups

person-groups-none = Noch in keiner Gruppe.
person-groups-count = { $count ->
    [one] In { $count } Gruppe
   *[other] In { $count } Gruppen
}
person-group = Gruppe
person-membership = Mitgliedschaft
person-direct = Direkt
person-indirect = Über eine andere Gruppe
person-indirect-hint = Eine Mitgliedschaft über eine andere Gruppe endet mit jener.
person-choose = Auswählen
person-with-groups = Mit den gewählten Gruppen
person-leave = Aus diesen Gruppen entfernen…
person-leave-pick = Aus { $name } entfernen
person-join = Zu Gruppen hinzufügen
person-join-title = { $name } zu Gruppen hinzufügen
person-join-pick = Zu { $name } hinzufügen
person-join-search = Anfang des Namens
person-search = Suchen
person-join-none = Keine Gruppe mit diesem Namen.
person-join-none-hint = Geben Sie den Anfang eines anderen Namens ein, oder nichts, um die ersten Gruppen zu sehen.
person-join-already = ist schon Mitglied
person-join-review = Prüfen…
person-join-more = Es gibt mehr. Geben Sie mehr vom Namen ein.
person-regroup-title = Gruppen von { $name } ändern?
person-regroup-nothing = Es wurde keine Gruppe gewählt.
person-regroup-adds = { $count ->
    [one] Wird zu { $count } Gruppe hinzugefügt.
   *[other] Wird zu { $count } Gruppen hinzugefügt.
}
person-regroup-removes = { $count ->
    [one] Wird aus { $count } Gruppe entfernt.
   *[other] Wird aus { $count } Gruppen entfernt.
}
person-changes = Änderungen
person-change = Änderung
person-added = Hinzugefügt
person-removed = Entfernt

## Sign-in

person-account = Konto
person-state = Zustand
person-reason = Grund
person-reason-hint = Andere Bearbeiter sehen ihn. Die Person sieht ihn nicht.
person-reason-failedattempts = Zu viele falsche Passwörter
person-locked-since = Gesperrt seit
person-locked-until = Gesperrt bis
person-until-unlocked = ein Bearbeiter entsperrt
person-letters-to = Nachrichten gehen an
person-address = Adresse
person-address-proven = Durch einen Link bestätigt
person-address-unproven = Nicht bestätigt
person-password = Passwort
person-password-set = Gesetzt
person-password-none = Es gibt keines
person-password-temporary = Vorläufig, bei der ersten Anmeldung zu ändern
person-password-expired = Das vorläufige ist abgelaufen
person-password-changed = Zuletzt geändert
person-password-expires = Gilt bis
person-failures = Falsch in Folge
person-failures-of = { $count } von { $limit }
person-last-failure = Letztes falsches Passwort
person-sessions = Sitzungen
person-sessions-none = Keine Sitzung.
person-where = Wo
person-last-used = Zuletzt benutzt
person-since = Seit
person-actions = Aktionen
person-end = Beenden
person-end-session = der Sitzung { $name }
person-end-all = Alle beenden…
person-token = API-Token
person-browser-unknown = Unbekannter Browser
person-letters = Nachrichten
person-letters-none = In letzter Zeit wurde keine Nachricht gesendet.
person-letter = Nachricht
person-when = Wann
person-outcome = Ergebnis
person-letter-sent = Gesendet
person-letter-failed = Nicht gesendet
person-letter-waits = Unterwegs
person-letter-invite = Einladung
person-letter-reset = Link zum Setzen eines Passworts
person-letter-reset-by-administrator = Link zum Setzen eines Passworts, von einem Bearbeiter
person-letter-verify = Link zum Bestätigen der Adresse
person-letter-registered-already = Es gibt schon ein Konto
person-letter-approved = Das Konto ist freigegeben
person-letter-password-changed = Das Passwort wurde geändert
person-letter-locked = Das Konto wurde gesperrt
person-letter-locked-automatically = Das Konto wurde für eine Weile gesperrt
person-letter-second-factor-removed = Der zweite Faktor wurde entfernt
person-factor = Zweiter Faktor seit
person-factor-none = Es gibt keinen
person-factor-reset = Zweiten Faktor entfernen…
person-factor-reset-title = Zweiten Faktor von { $name } entfernen?
person-factor-reset-words = Für jemanden, der ihn verloren hat. Alle Sitzungen enden, eine Nachricht teilt es mit, und das Passwort allein genügt für die Anmeldung.
person-factor-reset-tick = Ich habe mich vergewissert, wer darum bittet
person-factor-reset-button = Entfernen
person-letter-address-changed = Die Adresse wurde geändert

## Assigned to

person-assigned-nobody = Niemand betreut diesen Kunden.
person-assigned-rule = Ein Kunde ist immer nur einem Bearbeiter zugewiesen.
person-assigned-operator = Kunden werden Bearbeitern zugewiesen, Bearbeiter niemandem.
person-customers = Kunden dieses Bearbeiters
person-assigned-choose = Bearbeiter wählen
person-assigned-ends = Die Zuweisung an { $name } endet.
person-assigned-end = Zuweisung beenden
person-error-operator = Wählen Sie einen Bearbeiter.

## History

person-by = Von
person-by-anybody = Allen
person-by-connections = Verbindungen
person-by-operators = Bearbeitern
person-by-person = Der Person
person-by-connection = Verbindung { $name }
person-apply = Anwenden
person-history-none = Es wurde nichts getan.
person-in-log = Anfrage im Protokoll der Bereitstellung
person-changes-at = Was sich am { $when } geändert hat
person-before = Vorher
person-after = Nachher
person-did-create = Angelegt von
person-did-modify = Geändert von
person-did-replace = Ersetzt von
person-did-delete = Gelöscht von
person-did-revive = Zurückgeholt von
person-did-detach = Gelöst von
person-did-view-as-customer = Als Kunde angesehen von
person-did-end-sessions = Sitzungen beendet von
person-did-purge = Getilgt von
person-did-add-second-factor = Zweiter Faktor eingerichtet von
person-did-remove-second-factor = Zweiter Faktor entfernt von
person-did-new-recovery-codes = Wiederherstellungscodes erstellt von
person-did-use-recovery-code = Wiederherstellungscode benutzt von
person-did-create-operator-token = API-Token erstellt von
person-secret-set = gesetzt
person-secret-removed = entfernt

## The resource

person-json-title = Wie die API es beantwortet
person-workbench = In der Werkbank öffnen

## Questions before something is done

person-how = Wie?
person-no-way-back = Das lässt sich nicht rückgängig machen.
person-lock-title = { $name } sperren?
person-lock-words = Alle Sitzungen enden sofort, und eine Anmeldung ist erst wieder möglich, wenn das Konto entsperrt ist.
person-lock-owned = Alle Sitzungen enden sofort, und eine Anmeldung ist erst wieder möglich, wenn das Konto entsperrt ist. Was { $connection } mit dem Konto macht, ändert sich nicht.
person-lock-tick = Ich möchte dieses Konto sperren
person-lock-button = Konto sperren
person-unlock-title = { $name } entsperren?
person-unlock-words = Die Person kann sich wieder anmelden, sofern das Konto nicht deaktiviert ist.
person-unlock-button = Konto entsperren
person-activate-title = { $name } aktivieren?
person-activate-words = Das Konto kann wieder benutzt werden.
person-activate-button = Konto aktivieren
person-deactivate-title = { $name } deaktivieren?
person-deactivate-words = Die Maßnahme auf Dauer: Alle Sitzungen enden, und das Konto kann erst wieder benutzt werden, wenn es aktiviert ist.
person-deactivate-owned = Die Maßnahme auf Dauer. Das Konto gehört zu { $connection }: Deaktivieren Sie es dort, oder sperren Sie es hier.
person-deactivate-button = Konto deaktivieren
person-approve-title = { $name } freigeben?
person-approve-words = Die Person hat sich registriert. Das Konto wird aktiv, und eine Nachricht teilt das mit.
person-approve-button = Freigeben
person-invite-title = { $name } einladen?
person-invite-words = Der Link führt zu einer Seite, auf der ein Passwort gewählt wird. Frühere Links gelten nicht mehr.
person-invite-button = Einladen
person-reset-title = Passwort von { $name } zurücksetzen
person-reset-button = Passwort zurücksetzen
person-reset-block = Das jetzige Passwort ab sofort ablehnen
person-reset-block-hint = Sonst gilt es, bis der Link benutzt wird.
person-way-mail = Link senden
person-way-mail-hint = An { $address }. Er gilt { $life }.
person-way-mail-none = Die Person hat keine E-Mail-Adresse.
person-way-link = Link kopieren
person-way-link-hint = Sie übergeben ihn selbst. Es wird keine E-Mail gesendet. Er gilt { $life }.
person-way-temporary = Vorläufiges Passwort setzen
person-way-temporary-hint = Es wird erzeugt und Ihnen einmal gezeigt. Es gilt { $life }. Alle Sitzungen enden.
person-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
person-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
person-end-sessions-title = Alle Sitzungen von { $name } beenden?
person-end-sessions-words = { $count ->
    [one] { $count } Sitzung endet. Die Person kann sich wieder anmelden.
   *[other] { $count } Sitzungen enden. Die Person kann sich wieder anmelden.
}
person-end-sessions-button = Alle Sitzungen beenden
person-detach-title = { $name } lösen?
person-detach-words = Was { $connection } verwaltet, kann dann hier bearbeitet werden, und { $connection } findet den Benutzer nicht mehr.
person-detach-none = Keine Verbindung betreut diesen Benutzer.
person-detach-button = Benutzer lösen
person-delete-title = { $name } löschen?
person-delete-words = Lässt sich nicht rückgängig machen. Der Benutzername wird frei. Der Name steht noch eine Weile in der Liste der Gelöschten.
person-delete-groups = { $count ->
    [one] { $count } Mitgliedschaft endet.
   *[other] { $count } Mitgliedschaften enden.
}
person-delete-sessions = { $count ->
    [one] { $count } Sitzung endet.
   *[other] { $count } Sitzungen enden.
}
person-delete-gone = Jeder spätere Aufruf der API mit dieser Id wird mit 404 beantwortet.
person-delete-type = Geben Sie zur Bestätigung den Benutzernamen ein
person-delete-tick = Ich möchte dieses Konto endgültig löschen
person-delete-button = Endgültig löschen
person-purge-title = Tilgen, was von { $name } übrig ist?
person-purge-words = Der Eintrag unter den Gelöschten verschwindet, ebenso die Werte im Verlauf.
person-purge-tick = Ich möchte das endgültig tilgen
person-purge-button = Tilgen
person-deleted-list = Gelöscht
person-error-reason = Geben Sie höchstens 200 Zeichen in einer Zeile ein.
person-error-typed = Das ist nicht der Benutzername. Geben Sie ihn ein, wie er gezeigt wird.
person-error-way = Wählen Sie, wie.

## Shown once

person-password-made = Vorläufiges Passwort von { $name }
person-password-words = Es wird nur dieses eine Mal gezeigt. Es gilt bis { $when } und muss bei der ersten Anmeldung geändert werden.
person-link-made = Link für { $name }
person-link-words = Übergeben Sie ihn auf einem Weg, den nur die Person lesen kann. Er gilt einmal, bis { $when }, und wird nicht noch einmal gezeigt.
person-link = Link
person-open = Benutzer öffnen

## What has just been done

person-notice-activated = Das Konto ist aktiv.
person-notice-approved = Das Konto ist freigegeben.
person-notice-assigned = Der Kunde ist zugewiesen.
person-notice-deactivated = Das Konto ist deaktiviert.
person-notice-deleted = Das Konto ist gelöscht.
person-notice-detached = Der Benutzer wird jetzt hier betreut.
person-notice-factor = Der zweite Faktor ist entfernt.
person-notice-groups = Die Gruppen sind geändert.
person-notice-invited = Die Einladung ist unterwegs.
person-notice-locked = Das Konto ist gesperrt.
person-notice-nothing = Es wurde nichts geändert.
person-notice-purged = Was übrig war, ist getilgt.
person-notice-released = Niemand betreut den Kunden jetzt.
person-notice-reset = Der Link ist unterwegs.
person-notice-session = Die Sitzung ist beendet.
person-notice-sessions = Alle Sitzungen sind beendet.
person-notice-unlocked = Das Konto ist entsperrt.
person-as-customer = Als Kunde ansehen
person-as-customer-words = Sie sehen, was { $name } im eigenen Konto sieht. Hier lässt sich nichts ändern, und im Verlauf steht, dass Sie nachgesehen haben.
person-as-customer-changes = änderbar
