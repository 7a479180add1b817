# Las páginas para las personas: inicio de sesión, registro, cuenta.

## Todas las páginas

account-skip = Ir al contenido
account-signed-in-as = Sesión iniciada como
account-sign-out = Cerrar sesión
account-language-menu = Idioma de esta página
account-navigation = Su cuenta
account-error-state = Error:
account-summary-title = Revise los datos que ha introducido
account-optional = (opcional)
account-empty = (vacío)

## Palabras de varios formularios

account-username = Nombre de usuario
account-username-hint = Suele ser su dirección de correo electrónico.
account-email = Dirección de correo electrónico
account-password = Contraseña
account-current-password = Contraseña actual
account-new-password = Contraseña nueva
account-given-name = Nombre
account-family-name = Apellidos
account-rules-title = Reglas para la contraseña:
account-rules-paste = Puede pegar una contraseña desde un gestor de contraseñas.
account-mail-missing = ¿No ha llegado nada después de unos minutos? Mire también en la carpeta de correo no deseado y compruebe que escribió bien la dirección.
account-back-to-sign-in = Volver al inicio de sesión
account-sign-in-again = Iniciar sesión de nuevo

## Inicio de sesión

account-sign-in-title = Iniciar sesión
account-sign-in-lead = Inicie sesión con su cuenta de { $organization }.
account-sign-in-button = Iniciar sesión
account-sign-in-forgot = ¿Ha olvidado su contraseña?
account-sign-in-register = Crear una cuenta

## Elegir una contraseña

account-set-invite-title = Elija su contraseña
account-set-invite-lead = Ha recibido una invitación de { $organization }. Elija la contraseña con la que iniciará sesión. Así confirma también su dirección de correo electrónico.
account-set-reset-title = Elija una contraseña nueva
account-set-reset-lead = Después solo podrá iniciar sesión en { $organization } con la contraseña nueva. Se cerrarán todas sus sesiones.
account-set-must-title = Cambie su contraseña
account-set-must-lead = Su contraseña actual es provisional o ha caducado. Elija una que solo usted conozca para continuar en { $organization }.
account-set-button = Guardar contraseña

## Registro

account-register-title = Crear una cuenta
account-register-lead = Su cuenta se creará en { $organization }. Antes de poder usarla, confirmará su dirección de correo electrónico.
account-register-address-hint = Iniciará sesión con esta dirección. Le enviaremos un enlace.
account-register-email-hint = Enviaremos un enlace a esta dirección.
account-register-username-hint = Iniciará sesión con este nombre.
account-register-button = Crear cuenta
account-register-have = Ya tengo una cuenta
account-registered-title = Revise su correo
account-registered-lead = Si la dirección es nueva aquí, un mensaje con un enlace está en camino. Abra el enlace para confirmar su dirección.
account-verify-title = Confirme su dirección
account-verify-lead = Falta un paso para su cuenta de { $organization }.
account-verify-button = Confirmar mi dirección
account-verified-title = Su dirección está confirmada
account-verified-lead = Su cuenta está lista. Ya puede iniciar sesión.
account-verified-waits = La administración de { $organization } todavía tiene que aprobar su cuenta. Recibirá un mensaje cuando lo haya hecho.
account-verified-back = Volver a la aplicación
account-welcome-title = Le damos la bienvenida a Muster
account-welcome-lead = Está configurando { $organization }. Cree su cuenta: será la primera con el papel de propietario y podrá hacer todo en la consola.
account-welcome-address-hint = Iniciará sesión con esta dirección.

## Contraseña olvidada

account-forgot-title = Restablecer su contraseña
account-forgot-lead = Indique su nombre de usuario. Enviaremos a la dirección de correo electrónico de la cuenta un enlace para elegir una contraseña nueva.
account-forgot-button = Enviar enlace
account-forgot-sent-title = Revise su correo
account-forgot-sent-lead = Si existe esa cuenta, un mensaje con un enlace está en camino. El enlace sirve una sola vez y durante un tiempo limitado.
account-link-dead-title = Este enlace ya no es válido
account-link-dead-lead = Ya se ha usado, ha caducado o lo ha sustituido otro más reciente.
account-link-dead-invite = Si ya ha elegido su contraseña, puede iniciar sesión. De lo contrario, pida una nueva invitación a la administración de { $organization }.
account-link-dead-reset = Puede pedir un enlace nuevo para su cuenta de { $organization }.
account-link-dead-verify = Si ya ha confirmado su dirección, puede iniciar sesión en { $organization }. De lo contrario, regístrese otra vez para recibir un enlace nuevo.
account-link-dead-welcome = Si ya ha creado su cuenta, puede iniciar sesión. De lo contrario, «muster init» en el servidor crea un enlace nuevo.
account-link-dead-button = Pedir un enlace nuevo

## Perfil

account-profile-title = Perfil
account-profile-managed = Estos datos los gestionan otras personas. Si desea cambiar alguno, diríjase a la administración.
account-managed-by = Gestionado por { $connection }
account-profile-button = Guardar cambios
account-choice-none = Sin elegir
account-conflict-title = Alguien ha modificado este perfil al mismo tiempo
account-conflict-lead = Todavía no se ha guardado nada. El formulario de abajo contiene lo que usted ha introducido. Compare, corrija si hace falta y guarde de nuevo.
account-conflict-theirs = Guardado ahora
account-conflict-yours = Lo que usted ha introducido
account-conflict-discard = Descartar mis cambios
account-export-title = Sus datos
account-export-lead = Descargue lo que { $organization } guarda sobre usted, en un archivo en formato JSON.
account-export-link = Descargar mis datos

## Contraseña

account-password-title = Contraseña
account-password-lead = Cuando cambie su contraseña, se cerrarán sus demás sesiones.
account-password-last = Último cambio: { $when }
account-password-button = Cambiar contraseña

## Sesiones

account-sessions-title = Sesiones
account-sessions-lead = Aquí tiene sus sesiones abiertas. Si no reconoce alguna, ciérrela y cambie su contraseña.
account-sessions-current = Esta sesión
account-sessions-agent = { $browser } en { $system }
account-sessions-address = Dirección de red
account-sessions-since = Inicio de sesión
account-sessions-last-used = Último uso
account-sessions-end = Cerrar sesión
account-sessions-end-others = Cerrar todas las demás sesiones

## Grupos

account-groups-title = Mis accesos
account-groups-lead = Sus grupos determinan lo que puede usar en { $organization }.
account-groups-count = { $count ->
    [one] Pertenece a { $count } grupo.
   *[other] Pertenece a { $count } grupos.
}
account-groups-none = Todavía no pertenece a ningún grupo.
account-groups-indirect = A través de otro grupo

## Idioma

account-language-title = Idioma
account-language-lead = ¿En qué idioma desea que nos dirijamos a usted, aquí y en los mensajes?
account-language-button = Guardar idioma

## Darse de baja

account-leave-title = Darse de baja
account-leave-lead = Aquí puede dar de baja su cuenta de { $organization }.
account-leave-last-owner = Nadie más que usted tiene el papel de propietario de { $organization }. Asígnelo a otra persona antes de irse.
account-leave-neither = Su cuenta la gestiona { $organization }. Si desea cerrarla, diríjase a la administración.
account-deactivate-title = Desactivar mi cuenta
account-deactivate-lead = Su sesión se cierra de inmediato y ya no podrá iniciar otra. Sus datos se conservan. La administración puede volver a activar la cuenta.
account-deactivate-confirm = Quiero desactivar mi cuenta
account-deactivate-button = Desactivar cuenta
account-delete-title = Eliminar mi cuenta
account-delete-lead = Su cuenta se elimina junto con su perfil y su pertenencia a grupos. Esta acción no se puede deshacer.
account-delete-username = Para confirmar, escriba su nombre de usuario:
account-delete-button = Eliminar cuenta para siempre

## Después de una sesión

account-signed-out-title = Ha cerrado la sesión
account-signed-out-lead = Su sesión en { $organization } ha terminado.
account-signed-out-deleted-title = Su cuenta se ha eliminado
account-signed-out-deleted-lead = Su sesión está cerrada. Su cuenta de { $organization } ya no existe.
account-signed-out-deactivated-title = Su cuenta se ha desactivado
account-signed-out-deactivated-lead = Su sesión está cerrada. Si vuelve a necesitar la cuenta, diríjase a la administración de { $organization }.

## Avisos

account-notice-profile-saved = Sus cambios se han guardado.
account-notice-nothing-changed = No se ha cambiado nada.
account-notice-address-pending = Hemos enviado un enlace a la dirección nueva. Será válida en cuanto abra el enlace.
account-notice-password-changed = Su contraseña se ha cambiado. Las demás sesiones se han cerrado.
account-notice-password-set = Su contraseña se ha guardado. Ya puede iniciar sesión.
account-notice-owner-ready = Su cuenta está lista. Ya puede iniciar sesión.
account-notice-session-ended = La sesión se ha cerrado.
account-notice-sessions-ended = Las demás sesiones se han cerrado.
account-notice-language-saved = Su idioma se ha guardado.
account-notice-sign-in-again = Se ha cerrado su sesión. Inicie sesión de nuevo.

## Páginas de error

account-error-page-400 = No ha funcionado
account-error-page-401 = Inicie sesión
account-error-page-403 = No tiene permiso para hacer esto
account-error-page-404 = Esta página no existe
account-error-page-413 = Era demasiado
account-error-page-429 = Demasiados intentos
account-error-page-500 = Algo ha fallado por nuestra parte
account-error-page-503 = No disponible en este momento
account-error-advice-400 = La solicitud estaba incompleta o era demasiado antigua. Vuelva atrás, cargue de nuevo la página e inténtelo otra vez.
account-error-advice-401 = Esta página es solo para personas que han iniciado sesión.
account-error-advice-403 = Si cree que debería tenerlo, diríjase a la administración.
account-error-advice-foreign = El formulario venía de otro sitio, o su navegador no dice de dónde venía. No se ha hecho nada. Abra la página aquí y envíelo otra vez.
account-error-advice-404 = Puede que la dirección esté mal escrita o que la página se haya trasladado.
account-error-advice-413 = El formulario contiene más de lo que aceptamos. No se ha guardado nada. Vuelva atrás, acorte lo que ha escrito y envíelo otra vez.
account-error-advice-later = Inténtelo de nuevo más tarde.
account-error-advice-500 = Hemos registrado el error. Inténtelo de nuevo más tarde.
account-error-page-home = Ir a la página de inicio
account-error-page-status = Estado
account-error-page-request = Número de solicitud
account-retry-seconds = { $count ->
    [one] Podrá intentarlo de nuevo en { $count } segundo.
   *[other] Podrá intentarlo de nuevo en { $count } segundos.
}
account-retry-minutes = { $count ->
    [one] Podrá intentarlo de nuevo en { $count } minuto.
   *[other] Podrá intentarlo de nuevo en { $count } minutos.
}
account-retry-hours = { $count ->
    [one] Podrá intentarlo de nuevo en { $count } hora.
   *[other] Podrá intentarlo de nuevo en { $count } horas.
}

## Errores de un formulario

account-error-sign-in = No se ha podido iniciar sesión. El nombre de usuario o la contraseña no son correctos, o la cuenta está bloqueada.
account-error-username-missing = Escriba su nombre de usuario.
account-error-username-mismatch = Este no es su nombre de usuario. Escríbalo tal como se muestra.
account-error-username-taken = Ya existe una cuenta con este nombre. Elija otro.
account-error-email-invalid = Escriba una dirección de correo electrónico como nombre@example.com.
account-error-password-missing = Escriba su contraseña.
account-error-new-password-missing = Escriba una contraseña nueva.
account-error-current-missing = Escriba su contraseña actual.
account-error-current-wrong = La contraseña actual no es correcta.
account-error-password-same = La contraseña nueva debe ser distinta de la actual.
account-error-password-rule = La contraseña nueva incumple una regla: { $rule }.
account-error-confirm-missing = Marque la casilla para confirmar.
account-error-of-field = { $label }: { $message }
account-error-value-invalid = Este valor no se admite aquí.
account-error-web-address = Escriba una dirección web como https://www.example.com.
account-error-locale = Escriba un idioma y una región como es-MX.
account-error-time-zone = Escriba una zona horaria como Europe/Madrid.

## Reglas de las contraseñas, como elementos de una lista

password-too-short = { $count ->
    [one] al menos { $count } carácter
   *[other] al menos { $count } caracteres
}
password-too-long = { $count ->
    [one] como máximo { $count } carácter
   *[other] como máximo { $count } caracteres
}
password-no-upper = una letra mayúscula
password-no-lower = una letra minúscula
password-no-digit = una cifra
password-no-special = uno de los caracteres { $characters }
password-common = que no sea una contraseña habitual
password-guessable = que no se adivine con facilidad por su forma
password-personal = sin su nombre ni su dirección

## Attributes of the profile

account-field-username = Nombre de usuario
account-field-emails = Dirección de correo
account-field-name-formatted = Nombre completo
account-field-name-familyname = Apellidos
account-field-name-givenname = Nombre
account-field-name-middlename = Segundo nombre
account-field-name-honorificprefix = Tratamiento
account-field-name-honorificsuffix = Sufijo del nombre
account-field-displayname = Nombre visible
account-field-nickname = Apodo
account-field-profileurl = Página web
account-field-locale = Formato regional
account-field-timezone = Zona horaria
account-field-title = Cargo
account-field-usertype = Tipo de usuario
account-field-employeenumber = Número de empleado
account-field-costcenter = Centro de costes
account-field-organization = Organización
account-field-division = División
account-field-department = Departamento
