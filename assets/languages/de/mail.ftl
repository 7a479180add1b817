# Wörter der Briefe. Zeiten ($expires, $time, $until) lauten etwa „7. März 2026 um 09:05 Uhr (UTC)“.

mail-greeting = Guten Tag { $name },
mail-greeting-nameless = Guten Tag,
mail-link-hint = Falls die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
mail-footer = Diese Nachricht wurde automatisch von { $organization } versendet.

mail-invite-subject = Ihre Einladung zu { $organization }
mail-invite-text =
    Sie wurden zu { $organization } eingeladen. Ihr Benutzername lautet { $username }.

    Wählen Sie ein Passwort, um Ihre Adresse zu bestätigen und Ihr Konto zu eröffnen.
mail-invite-button = Passwort wählen
mail-invite-note = Der Link gilt einmal und bis zum { $expires }. Falls Sie diese Einladung nicht erwartet haben, können Sie diese Nachricht ignorieren.

mail-reset-subject = Ihr Passwort bei { $organization } zurücksetzen
mail-reset-text =
    Jemand, wahrscheinlich Sie selbst, möchte das Passwort des Kontos { $username } bei { $organization } zurücksetzen.

    Wenn Sie es waren, wählen Sie ein neues Passwort.
mail-reset-button = Neues Passwort wählen
mail-reset-note = Der Link gilt einmal und bis zum { $expires }. Wenn Sie es nicht waren, können Sie diese Nachricht ignorieren; Ihr Passwort bleibt, wie es ist.

mail-reset-by-administrator-subject = Bitte wählen Sie ein neues Passwort bei { $organization }
mail-reset-by-administrator-text =
    Die Administration von { $organization } bittet Sie, für das Konto { $username } ein neues Passwort zu wählen.
mail-reset-by-administrator-button = Neues Passwort wählen
mail-reset-by-administrator-note = Der Link gilt einmal und bis zum { $expires }. Wenn Sie sich bei dieser Nachricht nicht sicher sind, fragen Sie bei der Administration nach, bevor Sie dem Link folgen.

mail-verify-subject = Bestätigen Sie Ihre Adresse für { $organization }
mail-verify-text =
    Mit dieser Adresse wurde eine Registrierung bei { $organization } begonnen.

    Wenn Sie es waren, bestätigen Sie die Adresse, um mit der Registrierung fortzufahren.
mail-verify-button = Meine Adresse bestätigen
mail-verify-note = Der Link gilt einmal und bis zum { $expires }. Wenn Sie es nicht waren, können Sie diese Nachricht ignorieren; ohne Ihre Bestätigung bleibt die Registrierung wirkungslos.

mail-registered-already-subject = Sie haben bereits ein Konto bei { $organization }
mail-registered-already-text =
    Jemand, wahrscheinlich Sie selbst, wollte sich mit dieser Adresse bei { $organization } registrieren. Sie haben dort bereits ein Konto. Ihr Benutzername lautet { $username }.

    Damit können Sie sich anmelden. Falls Sie Ihr Passwort vergessen haben, können Sie es auf der Anmeldeseite zurücksetzen.
mail-registered-already-button = Anmelden
mail-registered-already-note = Wenn Sie es nicht waren, können Sie diese Nachricht ignorieren. An Ihrem Konto hat sich nichts geändert.

mail-approved-subject = Ihr Konto bei { $organization } ist bereit
mail-approved-text =
    Ihre Registrierung bei { $organization } wurde genehmigt. Sie können sich jetzt mit dem Benutzernamen { $username } anmelden.
mail-approved-button = Anmelden
mail-approved-note = Falls Sie sich nicht registriert haben, wenden Sie sich bitte an die Administration von { $organization }.

mail-password-changed-subject = Ihr Passwort bei { $organization } wurde geändert
mail-password-changed-text =
    Das Passwort des Kontos { $username } bei { $organization } wurde am { $time } geändert.

    Wenn Sie es waren, müssen Sie nichts weiter tun.

    Wenn Sie es nicht waren, setzen Sie Ihr Passwort sofort zurück und wenden Sie sich an die Administration von { $organization }.
mail-password-changed-button = Mein Passwort zurücksetzen

mail-locked-subject = Ihr Konto bei { $organization } wurde gesperrt
mail-locked-text =
    Die Administration von { $organization } hat das Konto { $username } am { $time } gesperrt. Bis es entsperrt wird, können Sie sich nicht anmelden.

    Falls Sie den Grund nicht kennen, wenden Sie sich bitte an die Administration von { $organization }.

mail-locked-automatically-subject = Ihr Konto bei { $organization } ist vorübergehend gesperrt
mail-locked-automatically-text =
    Beim Konto { $username } bei { $organization } gab es zu viele fehlgeschlagene Anmeldeversuche. Es wurde deshalb am { $time } gesperrt. Ab dem { $until } können Sie sich wieder anmelden.

    Wenn Sie es waren, müssen Sie sonst nichts tun.

    Wenn Sie es nicht waren, versucht möglicherweise jemand, Ihr Passwort zu erraten. Bitte wenden Sie sich an die Administration von { $organization }, und ändern Sie Ihr Passwort, falls Sie es auch anderswo verwenden.

mail-address-changed-subject = Ihre E-Mail-Adresse bei { $organization } wurde geändert
mail-address-changed-text =
    Die E-Mail-Adresse des Kontos { $username } bei { $organization } wurde am { $time } geändert. Die neue Adresse ist { $address }. Nachrichten zu diesem Konto gehen jetzt dorthin.

    Wenn Sie es waren, müssen Sie nichts weiter tun.

    Wenn Sie diese Änderung nicht wollten, wenden Sie sich bitte sofort an die Administration von { $organization }.

mail-second-factor-removed-subject = Ihr zweiter Faktor bei { $organization } wurde entfernt
mail-second-factor-removed-text =
    Der zweite Faktor des Kontos { $username } bei { $organization } wurde am { $time } entfernt. Bis ein neuer eingerichtet ist, genügt das Passwort allein zum Anmelden.

    Wenn Sie darum gebeten haben, richten Sie bei der nächsten Anmeldung bitte einen neuen ein.

    Wenn nicht, wenden Sie sich bitte sofort an die Administration von { $organization }, und ändern Sie Ihr Passwort.
