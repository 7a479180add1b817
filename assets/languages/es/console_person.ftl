# The pages of one person in the console.

## The head of a person's pages

person-crumbs = Dónde está
person-tabs = Páginas de esta persona
person-tab-profile = Perfil
person-tab-groups = Grupos
person-tab-sign-in = Acceso y sesiones
person-tab-assigned = Asignado a
person-tab-history = Historial
person-tab-json = JSON
person-tab-danger = Zona de peligro
person-operator = Operador
person-edit = Editar
person-more = Más
person-new = Usuario nuevo
person-save = Guardar
person-cancel = Cancelar
person-none = nada
person-blank = Sin rellenar
person-never = nunca
person-yes = Sí
person-no = No
person-unsaid = Sin indicar
person-state-active = Activo
person-state-invited = Invitado
person-state-pending = Pendiente de confirmación
person-state-locked = Bloqueado
person-state-deactivated = Desactivado

## What can be done

person-lock = Bloquear…
person-unlock = Desbloquear…
person-activate = Activar…
person-deactivate = Desactivar…
person-approve = Aprobar…
person-invite = Enviar invitación…
person-reset = Restablecer contraseña…
person-assign = Asignar a un operador
person-detach = Desvincular…
person-delete = Eliminar…
person-refused-role = Su rol no lo permite.
person-refused-operators = Solo los propietarios modifican a los operadores.

## The profile

person-section = Persona
person-section-enterprise = Empresa
person-managed-by = Gestionado por
person-about = Acerca del registro
person-record = Registro
person-source = Origen
person-source-admin = Un operador
person-source-self = La propia persona
person-source-csv = Una importación
person-source-other = Otro programa
person-foreign-id = Id en el origen
person-created = Creado
person-changed = Modificado
person-version = Versión
person-id = Id
person-last-sign-in = Último acceso

## The form

person-edit-title = Editar { $name }
person-owned-hint = Lo que gestiona una conexión se cambia allí.
person-more-rows = Añadir más
person-rows-hint = Una línea que se vacía se elimina.
person-hint-is = Es { $name }. Puede escribir un nombre de usuario o un id.
person-hint-username = El nombre para iniciar sesión.
person-hint-displayname = Lo que otros ven en listas y mensajes.
person-hint-preferredlanguage = Un idioma como es. Las páginas y los mensajes lo usan.
person-hint-locale = Un idioma y una región como es-ES.
person-hint-timezone = Una zona horaria como Europe/Madrid.
person-hint-profileurl = Una dirección web como https://www.example.com.
person-hint-manager = Nombre de usuario o id de otro usuario.
person-field-name = Nombre
person-field-externalid = Identificador externo
person-field-active = Activo
person-field-password = Contraseña
person-field-groups = Grupos
person-field-preferredlanguage = Idioma
person-field-phonenumbers = Teléfono
person-field-ims = Direcciones de chat
person-field-photos = Imágenes
person-field-addresses = Direcciones postales
person-field-entitlements = Derechos
person-field-roles = Roles en el origen
person-field-manager = Responsable
person-part-value = Valor
person-part-type = Tipo
person-part-primary = Principal
person-part-formatted = Dirección completa
person-part-streetaddress = Calle
person-part-locality = Localidad
person-part-region = Región
person-part-postalcode = Código postal
person-part-country = País
person-type-work = Trabajo
person-type-home = Casa
person-type-other = Otro
person-type-mobile = Móvil
person-type-fax = Fax
person-type-pager = Busca
person-type-photo = Foto
person-type-thumbnail = Miniatura
person-error-number = Escriba un número como 12 o 1.5.
person-error-moment = Escriba una fecha y una hora como 2027-03-31T12:00:00Z.
person-error-nobody = No hay ningún usuario con ese nombre o id.

## Somebody else has saved

person-conflict-title = Otra persona ha cambiado este usuario
person-conflict-lead = { $name } guardó algo el { $when }, después de que usted abriera el formulario. Aún no se ha guardado nada suyo.
person-differences = Diferencias
person-attribute = Atributo
person-opened = Cuando lo abrió
person-theirs = Guardado entretanto
person-yours = Lo suyo
person-keep-theirs = Conservar lo suyo:
person-write-mine = Escribir lo mío encima:
person-not-yours = no lo cambió usted
person-save-choice = Guardar mi elección
person-discard = Descartar lo mío
person-back-to-form = Volver al formulario

## Groups

person-groups-none = Aún en ningún grupo.
person-groups-count = { $count ->
    [one] En { $count } grupo
   *[other] En { $count } grupos
}
person-group = Grupo
person-membership = Pertenencia
person-direct = Directa
person-indirect = A través de otro grupo
person-indirect-hint = Una pertenencia a través de otro grupo termina con aquella.
person-choose = Elegir
person-with-groups = Con los grupos elegidos
person-leave = Quitar de estos grupos…
person-leave-pick = Quitar de { $name }
person-join = Añadir a grupos
person-join-title = Añadir { $name } a grupos
person-join-pick = Añadir a { $name }
person-join-search = Comienzo del nombre
person-search = Buscar
person-join-none = Ningún grupo con ese nombre.
person-join-none-hint = Escriba el comienzo de otro nombre, o nada para ver los primeros grupos.
person-join-already = ya es miembro
person-join-review = Revisar…
person-join-more = Hay más. Escriba más del nombre.
person-regroup-title = ¿Cambiar los grupos de { $name }?
person-regroup-nothing = No se ha elegido ningún grupo.
person-regroup-adds = { $count ->
    [one] Se añade a { $count } grupo.
   *[other] Se añade a { $count } grupos.
}
person-regroup-removes = { $count ->
    [one] Se quita de { $count } grupo.
   *[other] Se quita de { $count } grupos.
}
person-changes = Cambios
person-change = Cambio
person-added = Añadido
person-removed = Quitado

## Sign-in

person-account = Cuenta
person-state = Estado
person-reason = Motivo
person-reason-hint = Otros operadores lo ven. La persona no.
person-reason-failedattempts = Demasiadas contraseñas incorrectas
person-locked-since = Bloqueado desde
person-locked-until = Bloqueado hasta
person-until-unlocked = que un operador lo desbloquee
person-letters-to = Los mensajes van a
person-address = Dirección
person-address-proven = Confirmada por un enlace
person-address-unproven = Sin confirmar
person-password = Contraseña
person-password-set = Establecida
person-password-none = No hay ninguna
person-password-temporary = Temporal, debe cambiarse en el primer acceso
person-password-expired = La temporal ha caducado
person-password-changed = Cambiada
person-password-expires = Vale hasta
person-failures = Errores seguidos
person-failures-of = { $count } de { $limit }
person-last-failure = Última contraseña incorrecta
person-sessions = Sesiones
person-sessions-none = Ninguna sesión.
person-where = Dónde
person-last-used = Último uso
person-since = Desde
person-actions = Acciones
person-end = Terminar
person-end-session = la sesión { $name }
person-end-all = Terminar todas…
person-token = Token de API
person-browser-unknown = Navegador desconocido
person-letters = Mensajes
person-letters-none = No se ha enviado ningún mensaje últimamente.
person-letter = Mensaje
person-when = Cuándo
person-outcome = Resultado
person-letter-sent = Enviado
person-letter-failed = No enviado
person-letter-waits = En camino
person-letter-invite = Invitación
person-letter-reset = Enlace para fijar una contraseña
person-letter-reset-by-administrator = Enlace para fijar una contraseña, por un operador
person-letter-verify = Enlace para confirmar la dirección
person-letter-registered-already = Ya existe una cuenta
person-letter-approved = La cuenta está aprobada
person-letter-password-changed = Se cambió la contraseña
person-letter-locked = Se bloqueó la cuenta
person-letter-locked-automatically = Se bloqueó la cuenta por un tiempo
person-letter-second-factor-removed = Se quitó el segundo factor
person-factor = Segundo factor desde
person-factor-none = No hay ninguno
person-factor-reset = Quitar el segundo factor…
person-factor-reset-title = ¿Quitar el segundo factor de { $name }?
person-factor-reset-words = Para quien lo ha perdido. Todas las sesiones terminan, un mensaje lo comunica y basta la contraseña para entrar.
person-factor-reset-tick = Me he asegurado de quién lo pide
person-factor-reset-button = Quitar
person-letter-address-changed = Se cambió la dirección

## Assigned to

person-assigned-nobody = Nadie atiende a este cliente.
person-assigned-rule = Un cliente se asigna a un solo operador a la vez.
person-assigned-operator = Los clientes se asignan a operadores; los operadores, a nadie.
person-customers = Clientes de este operador
person-assigned-choose = Elegir operador
person-assigned-ends = La asignación a { $name } termina.
person-assigned-end = Terminar la asignación
person-error-operator = Elija un operador.

## History

person-by = Por
person-by-anybody = Cualquiera
person-by-connections = Conexiones
person-by-operators = Operadores
person-by-person = La persona
person-by-connection = conexión { $name }
person-apply = Aplicar
person-history-none = No se ha hecho nada.
person-in-log = Solicitud en el registro de aprovisionamiento
person-changes-at = Lo que cambió el { $when }
person-before = Antes
person-after = Después
person-did-create = Creado por
person-did-modify = Modificado por
person-did-replace = Reemplazado por
person-did-delete = Eliminado por
person-did-revive = Recuperado por
person-did-detach = Desvinculado por
person-did-view-as-customer = Visto como cliente por
person-did-end-sessions = Sesiones terminadas por
person-did-purge = Borrado por
person-did-add-second-factor = Segundo factor configurado por
person-did-remove-second-factor = Segundo factor quitado por
person-did-new-recovery-codes = Códigos de recuperación creados por
person-did-use-recovery-code = Código de recuperación usado por
person-did-create-operator-token = Token de API creado por
person-secret-set = establecido
person-secret-removed = quitado

## The resource

person-json-title = Como lo responde la API
person-workbench = Abrir en el banco de trabajo

## Questions before something is done

person-how = ¿Cómo?
person-no-way-back = Esto no se puede deshacer.
person-lock-title = ¿Bloquear a { $name }?
person-lock-words = Todas las sesiones terminan de inmediato y no se puede iniciar sesión hasta que se desbloquee la cuenta.
person-lock-owned = Todas las sesiones terminan de inmediato y no se puede iniciar sesión hasta que se desbloquee la cuenta. Lo que { $connection } hace con la cuenta no cambia.
person-lock-tick = Quiero bloquear esta cuenta
person-lock-button = Bloquear la cuenta
person-unlock-title = ¿Desbloquear a { $name }?
person-unlock-words = La persona puede volver a iniciar sesión, salvo que la cuenta esté desactivada.
person-unlock-button = Desbloquear la cuenta
person-activate-title = ¿Activar a { $name }?
person-activate-words = La cuenta se puede volver a usar.
person-activate-button = Activar la cuenta
person-deactivate-title = ¿Desactivar a { $name }?
person-deactivate-words = La medida duradera: todas las sesiones terminan y la cuenta no se puede usar hasta que se active.
person-deactivate-owned = La medida duradera. La cuenta pertenece a { $connection }: desactívela allí o bloquéela aquí.
person-deactivate-button = Desactivar la cuenta
person-approve-title = ¿Aprobar a { $name }?
person-approve-words = La persona se ha registrado. La cuenta se activa y un mensaje lo comunica.
person-approve-button = Aprobar
person-invite-title = ¿Invitar a { $name }?
person-invite-words = El enlace lleva a una página para elegir una contraseña. Los enlaces anteriores dejan de valer.
person-invite-button = Invitar
person-reset-title = Restablecer la contraseña de { $name }
person-reset-button = Restablecer
person-reset-block = Rechazar la contraseña actual desde ahora
person-reset-block-hint = Si no, vale hasta que se use el enlace.
person-way-mail = Enviar un enlace
person-way-mail-hint = A { $address }. Vale durante { $life }.
person-way-mail-none = La persona no tiene dirección de correo.
person-way-link = Copiar el enlace
person-way-link-hint = Usted lo entrega. No se envía ningún correo. Vale durante { $life }.
person-way-temporary = Fijar una contraseña temporal
person-way-temporary-hint = Se genera y se le muestra una vez. Vale durante { $life }. Todas las sesiones terminan.
person-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
person-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
person-end-sessions-title = ¿Terminar todas las sesiones de { $name }?
person-end-sessions-words = { $count ->
    [one] Termina { $count } sesión. La persona puede volver a iniciar sesión.
   *[other] Terminan { $count } sesiones. La persona puede volver a iniciar sesión.
}
person-end-sessions-button = Terminar todas las sesiones
person-detach-title = ¿Desvincular a { $name }?
person-detach-words = Lo que gestiona { $connection } se podrá editar aquí, y { $connection } ya no encuentra al usuario.
person-detach-none = Ninguna conexión gestiona a este usuario.
person-detach-button = Desvincular al usuario
person-delete-title = ¿Eliminar a { $name }?
person-delete-words = No se puede deshacer. El nombre de usuario queda libre. El nombre permanece un tiempo en la lista de eliminados.
person-delete-groups = { $count ->
    [one] Termina { $count } pertenencia.
   *[other] Terminan { $count } pertenencias.
}
person-delete-sessions = { $count ->
    [one] Termina { $count } sesión.
   *[other] Terminan { $count } sesiones.
}
person-delete-gone = Toda llamada posterior de la API para este id recibe 404.
person-delete-type = Escriba el nombre de usuario para confirmar
person-delete-tick = Quiero eliminar esta cuenta definitivamente
person-delete-button = Eliminar definitivamente
person-purge-title = ¿Borrar lo que queda de { $name }?
person-purge-words = Desaparecen la entrada entre los eliminados y los valores del historial.
person-purge-tick = Quiero borrarlo definitivamente
person-purge-button = Borrar
person-deleted-list = Eliminados
person-error-reason = Escriba como máximo 200 caracteres en una línea.
person-error-typed = No es el nombre de usuario. Escríbalo como se muestra.
person-error-way = Elija cómo.

## Shown once

person-password-made = Contraseña temporal de { $name }
person-password-words = Solo se muestra esta vez. Vale hasta el { $when } y debe cambiarse en el primer acceso.
person-link-made = Enlace para { $name }
person-link-words = Entréguelo por una vía que solo la persona pueda leer. Vale una vez, hasta el { $when }, y no se vuelve a mostrar.
person-link = Enlace
person-open = Abrir el usuario

## What has just been done

person-notice-activated = La cuenta está activa.
person-notice-approved = La cuenta está aprobada.
person-notice-assigned = El cliente está asignado.
person-notice-deactivated = La cuenta está desactivada.
person-notice-deleted = La cuenta está eliminada.
person-notice-detached = El usuario se gestiona ahora aquí.
person-notice-factor = El segundo factor se ha quitado.
person-notice-groups = Los grupos han cambiado.
person-notice-invited = La invitación está en camino.
person-notice-locked = La cuenta está bloqueada.
person-notice-nothing = No se ha cambiado nada.
person-notice-purged = Lo que quedaba se ha borrado.
person-notice-released = Ahora nadie atiende al cliente.
person-notice-reset = El enlace está en camino.
person-notice-session = La sesión ha terminado.
person-notice-sessions = Todas las sesiones han terminado.
person-notice-unlocked = La cuenta está desbloqueada.
person-as-customer = Ver como cliente
person-as-customer-words = Ve lo que { $name } ve en su cuenta. Aquí no se puede cambiar nada, y el historial dice que usted lo ha mirado.
person-as-customer-changes = se puede cambiar
