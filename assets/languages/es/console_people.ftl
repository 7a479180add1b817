# The console's pages of users, and its search.

## States.

people-state-active = Activo
people-state-invited = Invitado
people-state-pending = Pendiente de confirmación
people-state-locked = Bloqueado
people-state-deactivated = Desactivado

## The list.

people-new = Nuevo usuario
people-import = Importar
people-export = Exportar todo como CSV
people-empty = Todavía no hay usuarios
people-empty-hint = Conecte un proveedor de identidad que llene esta lista, importe un archivo o cree el primer usuario a mano.
people-empty-connection = Configurar una conexión
people-empty-import = Importar un archivo
people-search = El nombre, el nombre de usuario o el correo empieza por
people-search-do = Buscar
people-filter = Filtro SCIM, como en la API
people-filter-do = Aplicar
people-filter-place = El filtro, con el lugar marcado
people-filter-column = Columna { $column }:
people-filter-ignored = El filtro no se aplica.
people-filter-ignored-hint = La lista muestra a todos los que cumplen lo demás.
people-cut = No se ha examinado a todos.
people-cut-hint = Ningún índice puede responder a este filtro. La página siguiente continúa desde aquí; puede haber más.
people-state = Estado
people-chip-all = Todos
people-chip-deleted = Eliminados
people-number-more = más de { $count }
people-total = { $count ->
    [one] Un usuario
   *[other] { $count } usuarios
}
people-total-more = Más de { $count } usuarios
people-name = Nombre y nombre de usuario
people-group = Primer grupo
people-no-group = ninguno
people-more-groups = y { $count } más
people-from = Origen
people-from-here = Consola
people-changed = Modificado
people-actions = Acciones
people-actions-for = Acciones para { $name }
people-pick = Elegir a { $name }
people-pick-all = Elegir todos los de esta página
people-with-chosen = Con los usuarios elegidos
people-chosen = { $count } elegidos
people-act-edit = Editar
people-act-groups = Grupos
people-act-join = Añadir a un grupo…
people-act-reset = Restablecer la contraseña…
people-act-lock = Bloquear…
people-act-unlock = Desbloquear…
people-act-activate = Activar…
people-act-deactivate = Desactivar…
people-act-end-sessions = Cerrar sesiones…
people-act-delete = Eliminar…
people-none = No se encontró a nadie
people-none-search = Ningún nombre, nombre de usuario ni dirección de correo empieza por «{ $text }».
people-none-filter = Nadie cumple este filtro.
people-none-state = Nadie está en este estado.
people-show-all = Mostrar todos los usuarios
people-deleted-none = No se ha eliminado a nadie
people-deleted-hint = Las cuentas se han eliminado definitivamente. Aquí solo queda su rastro, que desaparece por sí solo al cabo de un tiempo.
people-deleted-by = Eliminado por
people-deleted-at = Eliminado el
people-deleted-users = Usuarios eliminados
people-purge = Borrar el rastro…
people-crumbs = Dónde está
people-back = Todos los usuarios
people-cancel = Cancelar
people-continue = Continuar

## Several at once.

people-nothing-yet = Todavía no ha pasado nada. Esto es lo que pasará.
people-what-happens = Qué sucede
people-what-happened = Qué ha sucedido
people-state-now = Estado actual
people-nothing-happens = No cambiaría nada para ninguno de ellos.
people-warning-owned = { $count ->
    [one] Uno de ellos viene de una conexión.
   *[other] { $count } de ellos vienen de una conexión.
}
people-warning-owned-hint = El próximo cambio en el proveedor de identidad puede deshacer esto. Para impedir el acceso, bloquee la cuenta o cámbiela allí.
people-unknown = Alguien que ya no existe
people-lock-reason = Motivo
people-lock-reason-hint = Lo ven los operadores; la persona no.
people-type-number = Para confirmar, escriba el número de usuarios: { $count }
people-type-hint = Esto no se puede deshacer.
people-error-tick = Marque la casilla para confirmar lo que va a suceder.
people-error-type = Este no es el número de usuarios que se eliminarán.
people-error-group = Elija un grupo.
people-join-lead = Elija el grupo al que se añaden. No pasa nada antes de que haya visto qué pasará.
people-seek-group = El nombre del grupo empieza por
people-no-groups-found = No se encontró ningún grupo.
people-members = { $count ->
    [one] Un miembro
   *[other] { $count } miembros
}
people-members-more = Más de { $count } miembros
people-failed = { $count ->
    [one] No funcionó con un usuario.
   *[other] No funcionó con { $count } usuarios.
}
people-failed-hint = La razón está junto a cada uno. Con los demás está hecho.
people-title-lock = { $count ->
    [one] Bloquear un usuario
   *[other] Bloquear { $count } usuarios
}
people-do-lock = { $count ->
    [one] Bloquear un usuario
   *[other] Bloquear { $count } usuarios
}
people-title-unlock = { $count ->
    [one] Desbloquear un usuario
   *[other] Desbloquear { $count } usuarios
}
people-do-unlock = { $count ->
    [one] Desbloquear un usuario
   *[other] Desbloquear { $count } usuarios
}
people-title-end-sessions = { $count ->
    [one] Cerrar las sesiones de un usuario
   *[other] Cerrar las sesiones de { $count } usuarios
}
people-do-end-sessions = { $count ->
    [one] Cerrar las sesiones de un usuario
   *[other] Cerrar las sesiones de { $count } usuarios
}
people-title-activate = { $count ->
    [one] Activar un usuario
   *[other] Activar { $count } usuarios
}
people-do-activate = { $count ->
    [one] Activar un usuario
   *[other] Activar { $count } usuarios
}
people-title-deactivate = { $count ->
    [one] Desactivar un usuario
   *[other] Desactivar { $count } usuarios
}
people-do-deactivate = { $count ->
    [one] Desactivar un usuario
   *[other] Desactivar { $count } usuarios
}
people-title-delete = { $count ->
    [one] Eliminar un usuario
   *[other] Eliminar { $count } usuarios
}
people-do-delete = { $count ->
    [one] Eliminar un usuario
   *[other] Eliminar { $count } usuarios
}
people-title-group = { $count ->
    [one] Añadir un usuario a un grupo
   *[other] Añadir { $count } usuarios a un grupo
}
people-do-group = { $count ->
    [one] Añadir un usuario a un grupo
   *[other] Añadir { $count } usuarios a un grupo
}
people-done-lock = { $count ->
    [one] Un usuario está bloqueado
   *[other] { $count } usuarios están bloqueados
}
people-done-unlock = { $count ->
    [one] Un usuario está desbloqueado
   *[other] { $count } usuarios están desbloqueados
}
people-done-end-sessions = { $count ->
    [one] Las sesiones de un usuario están cerradas
   *[other] Las sesiones de { $count } usuarios están cerradas
}
people-done-activate = { $count ->
    [one] Un usuario está activo
   *[other] { $count } usuarios están activos
}
people-done-deactivate = { $count ->
    [one] Un usuario está desactivado
   *[other] { $count } usuarios están desactivados
}
people-done-delete = { $count ->
    [one] Un usuario está eliminado
   *[other] { $count } usuarios están eliminados
}
people-done-group = { $count ->
    [one] Un usuario está añadido al grupo
   *[other] { $count } usuarios están añadidos al grupo
}
people-will-lock = Se bloquea
people-will-unlock = Se desbloquea
people-will-end-sessions = Se cierran las sesiones
people-will-activate = Se activa
people-will-deactivate = Se desactiva
people-will-delete = Se elimina definitivamente
people-will-group = Se añade al grupo
people-will-lock-sessions = { $count ->
    [one] Se bloquea; se cierra una sesión
   *[other] Se bloquea; se cierran { $count } sesiones
}
people-will-deactivate-sessions = { $count ->
    [one] Se desactiva; se cierra una sesión
   *[other] Se desactiva; se cierran { $count } sesiones
}
people-will-delete-sessions = { $count ->
    [one] Se elimina definitivamente; se cierra una sesión
   *[other] Se elimina definitivamente; se cierran { $count } sesiones
}
people-will-end-sessions-sessions = { $count ->
    [one] Se cierra una sesión
   *[other] Se cierran { $count } sesiones
}
people-has-lock = Está bloqueado
people-has-unlock = Está desbloqueado
people-has-end-sessions = Todas las sesiones están cerradas
people-has-activate = Está activo
people-has-deactivate = Está desactivado
people-has-delete = Está eliminado
people-has-group = Es miembro
people-already-locked = Nada: ya está bloqueado
people-already-unlocked = Nada: no está bloqueado
people-already-active = Nada: ya se puede usar
people-already-deactivated = Nada: ya está desactivado
people-already-without-sessions = Nada: no hay sesiones
people-already-member = Nada: ya es miembro
people-not-reached = Nada: es un operador y su rol no gestiona operadores
people-not-customer = Nada: los operadores no están en grupos de clientes
people-not-as-seen = Nada: la cuenta ha cambiado entretanto; vuelva a mirarla
people-gone = Nada: ya no hay nadie con este id

## A new user.

people-steps = Pasos
people-step-person = Persona
people-step-check = Comprobación
people-step-done = : hecho
people-step-back = Atrás
people-kind = Tipo de cuenta
people-kind-customer = Cliente
people-kind-operator = Operador
people-address = Dirección de correo
people-username = Nombre de usuario
people-username-hint = La persona inicia sesión con él. Por regla general no se puede cambiar más tarde.
people-email = Correo para los mensajes
people-email-hint = Necesaria para una invitación por correo.
people-given = Nombre
people-family = Apellidos
people-full-name = Nombre y apellidos
people-unsaid = no indicado
people-language = Idioma de los mensajes y las páginas
people-language-unsaid = No indicado
people-language-hint = La persona puede cambiarlo.
people-way = ¿Cómo obtiene la persona una contraseña?
people-way-invite = Enviar una invitación
people-way-invite-hint = { $count ->
    [one] Un correo con un enlace para elegir una contraseña. El enlace sirve una hora.
   *[other] Un correo con un enlace para elegir una contraseña. El enlace sirve { $count } horas.
}
people-way-link = Copiar el enlace de invitación
people-way-link-hint = Usted recibe el enlace y lo entrega. No se envía ningún correo.
people-way-temporary = Poner una contraseña temporal
people-way-temporary-hint = { $count ->
    [one] Se le muestra una vez, sirve una hora y debe cambiarse al iniciar sesión por primera vez.
   *[other] Se le muestra una vez, sirve { $count } horas y debe cambiarse al iniciar sesión por primera vez.
}
people-way-none = Ninguna
people-way-none-hint = La persona inicia sesión solo por un proveedor de identidad.
people-help = Ayuda
people-help-customer = Un cliente inicia sesión en sus aplicaciones y en la cuenta propia. Para quienes trabajan en esta consola, cree un operador.
people-help-unique = Un nombre de usuario es único en esta organización. El mismo puede existir en otra.
people-groups-lead = Los grupos se pueden cambiar en cualquier momento.
people-group-chosen = Elegido
people-nothing-created = Todavía no se ha creado nada.
people-password = Contraseña
people-password-typed = Contraseña temporal elegida por usted
people-password-typed-hint = Si queda vacía, se genera una.
people-create = Crear usuario
people-error-username = Escriba un nombre de usuario.
people-error-address = Esto no es una dirección de correo. Escriba una como nombre@example.com.
people-error-email = Esto no es una dirección de correo.
people-error-no-address = Una invitación necesita una dirección de correo. Escriba una o elija otra forma de obtener una contraseña.
people-error-taken = Alguien ya tiene este nombre de usuario.
people-open-present = Abrir { $name }
people-created = { $name } está creado
people-is-there = La cuenta está creada.
people-letter-goes = Se envía un correo a { $address }.
people-becomes-active = Se activa cuando se elige una contraseña.
people-link = Enlace de invitación
people-link-hint = Entréguelo por un medio que solo la persona pueda leer. Sirve una vez y no se muestra de nuevo.
people-temporary = Contraseña temporal
people-temporary-hint = Se muestra solo esta vez. Debe cambiarse al iniciar sesión por primera vez.
people-good-until = Válido hasta el { $time }
people-open = Abrir el usuario
people-create-another = Crear otro

## Many at once, from a sheet.

people-import-title = Importar usuarios
people-import-lead = La primera vez es un ensayo: ve qué sería de cada fila y no se crea nada.
people-import-file = Archivo CSV
people-import-text = O pegue filas o direcciones de correo
people-import-text-hint = Si se elige un archivo, vale el archivo.
people-import-try = Hacer un ensayo
people-import-help = La primera línea nombra las columnas. Solo se necesita el nombre de usuario.
people-import-help-groups = Varios grupos se separan con una barra vertical. También bastan direcciones de correo, una por línea.
people-import-nothing = Elija un archivo o pegue filas.
people-import-too-large = Esto supera los { $count } kB, lo máximo que se lee aquí. La línea de órdenes acepta archivos mayores.
people-import-rows = { $count ->
    [one] Una fila.
   *[other] { $count } filas.
}
people-import-rehearsal = Era un ensayo: todavía no se ha creado nada.
people-import-table = Filas del archivo
people-import-line = Línea
people-import-outcome = Resultado
people-import-created = Creado
people-import-will = Se creará
people-import-skipped = Omitido: ya existe
people-import-failed = Rechazado
people-import-refused = { $count ->
    [one] Se omitió o rechazó una fila.
   *[other] Se omitieron o rechazaron { $count } filas.
}
people-import-hidden = { $count ->
    [one] No se muestra otra fila.
   *[other] No se muestran otras { $count } filas.
}
people-import-create = { $count ->
    [one] Crear un usuario
   *[other] Crear { $count } usuarios
}
people-import-other = Elegir otro archivo
people-import-done = { $count ->
    [one] Se ha creado un usuario
   *[other] Se han creado { $count } usuarios
}
people-import-links = Enlaces de invitación
people-import-passwords = Contraseñas temporales
people-import-secrets-hint = Se muestran solo esta vez. Cópielos ahora y entregue cada uno por un medio que solo la persona pueda leer.

## Search.

people-found = Encontrado para «{ $text }»
people-found-all = Mostrar todo
people-found-pages = Páginas
people-found-nothing = No se encontró nada
people-found-nothing-hint = Se busca al principio de los nombres, nombres de usuario y direcciones de correo.
people-a-connection = Conexión
people-a-page = Página
people-words-dashboard = Inicio, Resumen
people-words-users = Manage, User Management, Administrar, Gestión de usuarios, Clientes, Personas, Cuentas
people-words-groups = Equipos, Manage, Gestión de grupos
people-words-operators = Back office, Content, Content Management, Administradores, Roles, Colaboradores
people-words-connections = Proveedores de identidad, Aprovisionamiento, SCIM, Tokens
people-words-log = Solicitudes, Logs, Registros, Errores
people-words-audit = Historial, Cambios, Auditoría
people-words-attributes = Perfil, Campos, Esquema
people-words-workbench = Probar, API, Solicitudes
people-words-settings = Configuración, Políticas, Contraseñas, Correo, Registro
