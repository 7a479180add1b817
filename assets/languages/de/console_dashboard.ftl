# Die Übersicht der Konsole.

dashboard-welcome = Willkommen bei Muster
dashboard-welcome-words = Wenige Schritte bis zum ersten Benutzer Ihres Identitätsanbieters. Sie können jederzeit unterbrechen; die Liste bleibt, bis alles erledigt ist.
dashboard-setup = Einrichtung
dashboard-progress = { $done } von { $all }
dashboard-todo = Zu erledigen
dashboard-backup = Haben Sie für Sicherungen der Datenbank gesorgt? Das geschieht außerhalb der Konsole.
dashboard-hide = Diese Liste ausblenden
dashboard-held = { $count ->
    [one] 1 Änderung wird zurückgehalten.
   *[other] { $count } Änderungen werden zurückgehalten.
}
dashboard-held-words = Ein Schutzschild hat Deaktivierungen, Löschungen oder Austritte angehalten, die mehr als üblich waren.
dashboard-held-look = Ansehen
dashboard-decide = Entscheiden
dashboard-deactivations = { $count ->
    [one] 1 Deaktivierung
   *[other] { $count } Deaktivierungen
}
dashboard-deletions = { $count ->
    [one] 1 Löschung
   *[other] { $count } Löschungen
}
dashboard-removals = { $count ->
    [one] 1 Mitglied, das aus einer Gruppe ausscheidet
   *[other] { $count } Mitglieder, die aus Gruppen ausscheiden
}
dashboard-all = Alle Verbindungen
dashboard-requests = Anfragen, 24 Std.
dashboard-token-days = Token, verbleibende Tage
dashboard-letters = Fehlgeschlagene E-Mails
dashboard-letters-none = Keine E-Mail ist fehlgeschlagen.
dashboard-letters-what = An, Betreff und Grund
dashboard-attempts = { $count ->
    [one] 1 Versuch
   *[other] { $count } Versuche
}
dashboard-again = Noch einmal senden
dashboard-notice-again = Die E-Mail wird noch einmal gesendet.
dashboard-step-owner = Inhaber und erste Anmeldung
dashboard-step-factor = Zweiter Faktor
dashboard-step-factor-words = Ein Code aus einer Anwendung auf Ihrem Telefon, zusätzlich zum Passwort.
dashboard-step-factor-link = Einrichten
dashboard-step-provider = Einen Identitätsanbieter verbinden
dashboard-step-provider-words = Für Microsoft Entra ID, Okta, Keycloak und andere gibt es eine Anleitung. Erledigt, sobald die erste Anfrage angekommen ist.
dashboard-step-provider-link = Einrichtung öffnen
dashboard-step-mail = Mailserver
dashboard-step-mail-words = Es ist noch keine E-Mail gesendet worden, oder die letzte ist fehlgeschlagen. Ohne Mailserver sind Einladungen Links, die Sie selbst übergeben.
dashboard-step-mail-link = Einstellungen für E-Mail
dashboard-step-second = Zweiter Inhaber
dashboard-step-second-words = Bei nur einem Inhaber kann niemand helfen, wenn diese Person abwesend ist.
dashboard-step-second-link = Operator einladen
