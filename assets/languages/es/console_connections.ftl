# Las páginas de la consola sobre conexiones.

connections-lead = Cada cliente de aprovisionamiento tiene su propia conexión, con sus tokens, sus ajustes y su escudo.
connections-count = { $count ->
    [one] 1 conexión
   *[other] { $count } conexiones
}
connections-new = Nueva conexión
connections-where = Dónde está
connections-tabs = Esta conexión
connections-tab-setup = Puesta en marcha
connections-tab-tokens = Tokens de acceso
connections-tab-settings = Ajustes
connections-tab-shield = Escudo
connections-tab-log = Peticiones
connections-tab-danger = Zona de peligro
connections-cancel = Cancelar
connections-save = Guardar
connections-help = Ayuda
connections-none = ninguno
connections-never = nunca usado
connections-endless = sin fin
connections-actions = Acciones
connections-actions-for = Acciones para { $name }

connections-state-frozen = Congelada
connections-state-expired = Token caducado
connections-state-failing = Muchos errores
connections-state-expiring = Caduca pronto
connections-state-silent = En silencio
connections-state-new = Aún sin peticiones
connections-state-healthy = En buen estado
connections-profile-generic = Cualquier otro cliente

connections-empty = Todavía no hay nada conectado
connections-empty-words = Mediante una conexión, un proveedor de identidad crea, modifica y desactiva usuarios aquí. Lleva unos diez minutos.
connections-empty-first = Configurar la primera conexión
connections-column-name = Conexión
connections-column-state = Estado
connections-column-held = Retenidos
connections-last = Última petición
connections-errors = Errores, 24 h
connections-token = Token de acceso
connections-requests = { $count ->
    [one] 1 petición
   *[other] { $count } peticiones
}
connections-requests-more = más de { $count }
connections-share = { $count } %
connections-share-under = menos del 1 %
connections-days = { $count ->
    [0] de inmediato
    [one] 1 día
   *[other] { $count } días
}
connections-days-left = { $count ->
    [0] queda menos de un día
    [one] queda 1 día
   *[other] quedan { $count } días
}

connections-new-what = ¿Qué se conecta?
connections-new-what-hint = El perfil decide cómo se leen las peticiones. Puede cambiarse más tarde.
connections-new-name = Nombre
connections-new-name-hint = Corto, para listas y para la línea de órdenes: letras minúsculas, cifras y guiones.
connections-new-life = El primer token vale
connections-new-create = Crear la conexión
connections-help-one = Una conexión pertenece a un solo cliente. Dos inquilinos de Entra son dos conexiones.
connections-help-owner = Lo que gestiona solo puede cambiarse allí, hasta que un operador lo separe.
connections-wrong-profile = Elija qué se conecta.
connections-wrong-name = Dé un nombre a la conexión.
connections-wrong-taken = Ya hay una conexión con ese nombre.
connections-wrong-form = Un nombre tiene de 1 a 63 letras minúsculas, cifras y guiones, no empieza por un guion y no es «new».
connections-wrong-number = Introduzca un número entero de { $least } a { $most }.
connections-wrong-value = Elija uno de los valores ofrecidos.
connections-wrong-life = Elija cuánto tiempo vale el token.
connections-wrong-scopes = Elija al menos un permiso.
connections-wrong-confirm = Marque la casilla si lo quiere.
connections-wrong-typed = Ese no es el nombre de la conexión.
connections-wrong-chosen = Elija al menos un cambio y qué hacer con él.
connections-wrong-more = Desde entonces se han retenido más cambios. Mire el nuevo número antes de decidir.

connections-setup-in = En { $product }
connections-setup-other = En el cliente
connections-setup-base = Dirección base
connections-setup-token = Token secreto
connections-setup-once = Se muestra solo esta vez. Péguelo solo, sin la palabra Bearer.
connections-setup-gone = Un token se muestra una sola vez, al crearse. Si se ha perdido, cree otro.
connections-step-open = Abra { $what }.
connections-step-base = Pegue la dirección base en { $what }.
connections-step-token = Pegue el token solo en { $what }.
connections-step-oauth = Cree un cliente OAuth en la página de tokens e introduzca en { $what } lo que se muestra.
connections-step-set = Ponga { $what } en { $value }.
connections-step-map = Haga de { $what } la fuente de { $value }.
connections-step-run = Ejecute { $what } y espere a que funcione.
connections-step-save = Termine con { $what }.
connections-step-on = Active { $what }.
connections-step-off = Deje { $what } desactivado.
connections-step-assign = Asigne dos personas para empezar: { $what }.
connections-arrived = Lo que ha llegado
connections-arrived-again = Mirar otra vez
connections-arrived-unknown = El registro de aprovisionamiento está desactivado: no se sabe nada de las peticiones.
connections-check-done = Hecho
connections-check-failed = Ha fallado
connections-check-waiting = En espera
connections-check-request = Ha llegado una petición, y su token es bueno
connections-check-request-hint = A la espera de la primera petición con un token de esta conexión.
connections-check-search = Primera búsqueda
connections-check-search-hint = A la espera de una lista o una búsqueda. La mayoría de los clientes envían una al probar la conexión.
connections-check-user = Primer usuario
connections-check-user-hint = A la espera de un usuario nuevo. Asigne una persona de prueba en el cliente.
connections-check-change = Primer cambio
connections-check-change-hint = A la espera de un cambio. Cambie el cargo de la persona de prueba.
connections-check-leaver = Primera baja
connections-check-leaver-hint = A la espera de una desactivación. Saque a la persona de prueba de la aplicación.
connections-check-group = Primer grupo
connections-check-group-hint = A la espera de un grupo nuevo, si se aprovisionan grupos.

connections-token-new = Nuevo token
connections-token-rotate = Renovar el token
connections-token-active = Activo
connections-token-expired = Caducado
connections-token-revoked = Revocado
connections-token-ending = { $count ->
    [0] El token { $token } se usa y caduca en menos de un día.
    [one] El token { $token } se usa y caduca en 1 día.
   *[other] El token { $token } se usa y caduca en { $count } días.
}
connections-token-warning = Renuévelo y pegue el nuevo en el cliente. Ambos valen durante un tiempo.
connections-tokens-empty = Esta conexión no tiene ningún token.
connections-tokens-more = { $count ->
    [one] 1 token más antiguo no se muestra.
   *[other] { $count } tokens más antiguos no se muestran.
}
connections-scopes = Permisos
connections-used = Último uso
connections-ends = Caduca
connections-rotate-link = Renovar…
connections-revoke-link = Revocar…
connections-delete-link = Eliminar…
connections-token-scopes = Qué permite el token
connections-token-scopes-hint = Está marcado lo que necesita el perfil de la conexión.
connections-token-life = El token vale
connections-token-create = Crear el token
connections-rotate-words = Un token nuevo con los mismos permisos ocupa el lugar de { $token }.
connections-rotate-overlap = El token anterior sigue valiendo
connections-revoke-heading = ¿Revocar el token { $token }?
connections-revoke-words = La próxima petición con él se rechaza. Un cliente que aún lo use deja de funcionar.
connections-revoke-tick = Ningún cliente lo usa ya, o debe dejar de usarlo
connections-revoke = Revocar
connections-secret-token = El token está creado
connections-secret-client = El cliente OAuth está creado
connections-secret-copy = Cópielo ahora
connections-secret-once = Solo se guarda su huella. No se mostrará de nuevo; si se pierde, cree otro.
connections-secret-until = Vale hasta
connections-secret-former = Token anterior
connections-secret-former-until = { $token } vale hasta { $until }, o hasta que usted lo revoque
connections-secret-done = Lo he copiado
connections-oauth = OAuth, credenciales de cliente
connections-oauth-words = Para clientes que obtienen por sí mismos tokens de corta duración.
connections-oauth-url = Dirección de tokens
connections-oauth-clients = Clientes
connections-oauth-signs = firma con su propia clave
connections-oauth-new = Nuevo cliente
connections-oauth-id = Identificador del cliente
connections-oauth-secret = Secreto del cliente
connections-client-delete-heading = ¿Eliminar el cliente { $client }?
connections-client-delete-words = Sus tokens de acceso se rechazan desde la próxima petición.
connections-client-delete = Eliminar el cliente

connections-profile = Perfil
connections-profile-hint = Los ajustes que vienen del perfil cambian con él.
connections-setting = Ajuste
connections-setting-value = Valor
connections-setting-origin = De dónde viene
connections-setting-unset = Retirar
connections-setting-now = En vigor ahora: { $value }
connections-origin-default = Valor inicial
connections-origin-profile = Perfil
connections-origin-own = Esta conexión
connections-conflict = Otra persona ha cambiado los ajustes mientras tanto
connections-conflict-words = Lo que usted escribió está en el formulario y, al lado, lo que está en vigor ahora. Guarde otra vez para aplicar lo suyo.
connections-purpose-patch-replace-unmatched = PATCH replace sobre una ruta de valor que no encuentra nada: 400 noTarget, o crear el valor.
connections-purpose-patch-empty-operations = PATCH sin operaciones: 400 invalidSyntax, o éxito sin cambios.
connections-purpose-patch-answer = La respuesta a un PATCH: 200 para usuarios y 204 para grupos, o siempre 200 con el recurso.
connections-purpose-members-unknown = Miembros que no existen: 400 con sus nombres, o pasados por alto con un aviso en el registro.
connections-purpose-members-absent = Quitar un miembro que no lo es: éxito sin cambios, o 404.
connections-purpose-filter-unquoted = Un valor de filtro sin comillas: 400 invalidFilter, o leído como texto.
connections-purpose-values-string-booleans = «True» por true: leerlo, o 400 invalidValue.
connections-purpose-values-formats = Países, idiomas, zonas horarias y direcciones: tomar lo que llegue, o 400 si no tienen la forma de su norma.
connections-purpose-values-unknown = Atributos desconocidos: pasarlos por alto, o 400.
connections-purpose-write-if-match = PUT, PATCH y DELETE sin If-Match: gana el último, o 428.
connections-purpose-password-policy = Contraseñas que envía el cliente: aplicar las reglas, o tomarlas como vienen.
connections-purpose-create-revive = Crear un usuario que esta conexión ha desactivado: 409, o vuelve con el mismo identificador.
connections-purpose-shield-mode = Si las desactivaciones, eliminaciones y bajas esperan una decisión cuando son demasiadas a la vez.
connections-purpose-shield-count = Cuántas de una clase pasan en la ventana; las demás se retienen.
connections-purpose-shield-percent = Qué porcentaje de los recursos del tipo, o de los miembros del grupo, pasa en la ventana.
connections-purpose-shield-spare = Cuántas de una clase pasan siempre en la ventana.
connections-purpose-shield-window-minutes = La ventana, en minutos.

connections-held = Cambios retenidos
connections-held-notice = { $count ->
    [one] 1 cambio está retenido, desde
   *[other] { $count } cambios están retenidos, el primero desde
}
connections-held-empty = No hay nada retenido
connections-shield-off = El escudo de esta conexión está apagado. Se enciende en los ajustes.
connections-shield-bounds = Se retiene lo que pasa de { $most } de una clase, o del { $percent } por ciento, en { $minutes } minutos; { $spare } pasan siempre. Se pide al cliente que lo intente de nuevo.
connections-held-choose-all = Elegir todos los de esta página
connections-held-choose = Elegir el cambio de { $name }
connections-held-who = Quién o qué
connections-held-what = Cambio
connections-held-tries = Intentos
connections-held-first = Primer intento
connections-held-chosen = Cambios elegidos
connections-held-count = { $count } elegidos
connections-held-deactivation = Desactivación
connections-held-deletion = Eliminación
connections-held-removal = { $count ->
    [one] sale 1 miembro
   *[other] salen { $count } miembros
}
connections-kind-deactivation = Desactivaciones
connections-kind-deletion = Eliminaciones
connections-kind-removal = Miembros que salen de grupos
connections-release = Liberar
connections-reject = Rechazar
connections-release-all = Liberar todos…
connections-reject-all = Rechazar todos…
connections-release-words = El próximo intento del cliente pasa. Hasta entonces no cambia nada.
connections-reject-words = El próximo intento del cliente recibe 403. Corrija la asignación en el cliente, o lo intentará una y otra vez.
connections-release-heading = { $count ->
    [one] ¿Liberar 1 cambio?
   *[other] ¿Liberar { $count } cambios?
}
connections-reject-heading = { $count ->
    [one] ¿Rechazar 1 cambio?
   *[other] ¿Rechazar { $count } cambios?
}
connections-release-tick = He mirado la lista, y el cliente debe continuar
connections-reject-tick = He mirado la lista, y nada de ello debe ocurrir
connections-release-button = { $count ->
    [one] Liberar 1 cambio
   *[other] Liberar { $count } cambios
}
connections-reject-button = { $count ->
    [one] Rechazar 1 cambio
   *[other] Rechazar { $count } cambios
}

connections-freeze = Congelar
connections-freeze-link = Congelar…
connections-freeze-heading = ¿Congelar { $name }?
connections-freeze-words = Desde la próxima petición, el cliente puede leer y no puede cambiar nada. Sus cambios reciben 503, y los intenta más tarde. Los operadores pueden seguir cambiándolo todo.
connections-freeze-tick = Quiero congelar esta conexión
connections-unfreeze = Descongelar
connections-unfreeze-link = Descongelar…
connections-unfreeze-heading = ¿Descongelar { $name }?
connections-unfreeze-words = Desde la próxima petición, el cliente puede volver a hacer cambios.
connections-unfreeze-tick = Quiero descongelar esta conexión
connections-delete = Eliminar la conexión
connections-delete-heading = ¿Eliminar { $name }?
connections-delete-words = Sus tokens terminan con la próxima petición. Los usuarios y grupos que creó se quedan y entonces pueden cambiarse aquí.
connections-delete-type = Escriba { $name } para confirmar

connections-notice-deleted = La conexión está eliminada.
connections-notice-frozen = La conexión está congelada.
connections-notice-unfrozen = La conexión puede volver a hacer cambios.
connections-notice-revoked = El token está revocado.
connections-notice-client-deleted = El cliente está eliminado.
connections-notice-released = Liberado. Cada cambio se hace cuando el cliente lo intenta de nuevo.
connections-notice-rejected = Rechazado. El cliente lo sabrá cuando lo intente de nuevo.
