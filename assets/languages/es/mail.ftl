# Palabras de los mensajes. Las fechas ($expires, $time, $until) se leen «7 de marzo de 2026 a las 09:05 (UTC)».

mail-greeting = Hola, { $name }:
mail-greeting-nameless = Hola:
mail-link-hint = Si el botón no funciona, copie esta dirección en su navegador:
mail-footer = { $organization } ha enviado este mensaje automáticamente.

mail-invite-subject = Su invitación a { $organization }
mail-invite-text =
    Ha recibido una invitación para unirse a { $organization }. Su nombre de usuario es { $username }.

    Elija una contraseña para confirmar su dirección y abrir su cuenta.
mail-invite-button = Elegir una contraseña
mail-invite-note = El enlace sirve una sola vez, hasta el { $expires }. Si no esperaba esta invitación, puede ignorar este mensaje.

mail-reset-subject = Restablezca su contraseña en { $organization }
mail-reset-text =
    Alguien, probablemente usted, ha pedido restablecer la contraseña de la cuenta { $username } en { $organization }.

    Si ha sido usted, elija una contraseña nueva.
mail-reset-button = Elegir una contraseña nueva
mail-reset-note = El enlace sirve una sola vez, hasta el { $expires }. Si no ha sido usted, puede ignorar este mensaje; su contraseña seguirá siendo la misma.

mail-reset-by-administrator-subject = Elija una contraseña nueva en { $organization }
mail-reset-by-administrator-text =
    La administración de { $organization } le pide que elija una contraseña nueva para la cuenta { $username }.
mail-reset-by-administrator-button = Elegir una contraseña nueva
mail-reset-by-administrator-note = El enlace sirve una sola vez, hasta el { $expires }. Si tiene dudas sobre este mensaje, consulte a la administración antes de abrir el enlace.

mail-verify-subject = Confirme su dirección para { $organization }
mail-verify-text =
    Se ha iniciado un registro en { $organization } con esta dirección.

    Si ha sido usted, confirme la dirección para continuar con el registro.
mail-verify-button = Confirmar mi dirección
mail-verify-note = El enlace sirve una sola vez, hasta el { $expires }. Si no ha sido usted, puede ignorar este mensaje; sin su confirmación, el registro no tendrá efecto.

mail-registered-already-subject = Ya tiene una cuenta en { $organization }
mail-registered-already-text =
    Alguien, probablemente usted, ha intentado registrarse en { $organization } con esta dirección. Usted ya tiene una cuenta allí. Su nombre de usuario es { $username }.

    Puede iniciar sesión con él. Si ha olvidado su contraseña, puede restablecerla en la página de inicio de sesión.
mail-registered-already-button = Iniciar sesión
mail-registered-already-note = Si no ha sido usted, puede ignorar este mensaje. No ha cambiado nada en su cuenta.

mail-approved-subject = Su cuenta en { $organization } está lista
mail-approved-text =
    Su registro en { $organization } ha sido aprobado. Ya puede iniciar sesión con el nombre de usuario { $username }.
mail-approved-button = Iniciar sesión
mail-approved-note = Si usted no se ha registrado, avise a la administración de { $organization }.

mail-password-changed-subject = Se ha cambiado su contraseña en { $organization }
mail-password-changed-text =
    La contraseña de la cuenta { $username } en { $organization } se cambió el { $time }.

    Si ha sido usted, no tiene que hacer nada.

    Si no ha sido usted, restablezca su contraseña de inmediato y avise a la administración de { $organization }.
mail-password-changed-button = Restablecer mi contraseña

mail-locked-subject = Se ha bloqueado su cuenta en { $organization }
mail-locked-text =
    La administración de { $organization } bloqueó la cuenta { $username } el { $time }. Mientras no se desbloquee, no podrá iniciar sesión.

    Si no conoce el motivo, consulte a la administración de { $organization }.

mail-locked-automatically-subject = Su cuenta en { $organization } está bloqueada temporalmente
mail-locked-automatically-text =
    Ha habido demasiados intentos fallidos de iniciar sesión en la cuenta { $username } de { $organization }. Por eso se bloqueó el { $time }. Podrá volver a iniciar sesión a partir del { $until }.

    Si ha sido usted, no tiene que hacer nada más.

    Si no ha sido usted, es posible que alguien esté intentando adivinar su contraseña. Avise a la administración de { $organization } y cambie su contraseña si también la usa en otro lugar.

mail-address-changed-subject = Se ha cambiado su dirección de correo en { $organization }
mail-address-changed-text =
    La dirección de correo electrónico de la cuenta { $username } en { $organization } se cambió el { $time }. La nueva dirección es { $address }. Los mensajes sobre la cuenta se envían ahora allí.

    Si ha sido usted, no tiene que hacer nada.

    Si usted no deseaba este cambio, avise de inmediato a la administración de { $organization }.

mail-second-factor-removed-subject = Se ha eliminado su segundo factor en { $organization }
mail-second-factor-removed-text =
    El segundo factor de la cuenta { $username } de { $organization } se eliminó el { $time }. Mientras no se configure uno nuevo, basta la contraseña para iniciar sesión.

    Si lo ha pedido usted, configure uno nuevo la próxima vez que inicie sesión.

    Si no lo ha pedido, avise de inmediato a la administración de { $organization } y cambie su contraseña.
