# Who changed what.

audit-lead = Lo que han hecho operadores, conexiones y el servidor, lo más reciente primero. Solo se añaden entradas.
audit-export = Exportar
audit-export-words = { $count ->
    [one] La exportación es JSON Lines con lo elegido aquí, como máximo { $count } cambio.
   *[other] La exportación es JSON Lines con lo elegido aquí, como máximo { $count } cambios.
}
audit-event = Suceso
audit-all = Todos
audit-by = Por
audit-by-hint = El id. de un operador, o palabras como «connection entra»
audit-about = Id. del recurso
audit-request = Id. de la petición
audit-from = Desde (UTC)
audit-to = Hasta (UTC)
audit-apply = Aplicar
audit-clear = Mostrar todo
audit-none = Nada encontrado
audit-none-words = Ningún cambio corresponde a su selección.
audit-empty = Aún no se ha cambiado nada
audit-empty-words = En cuanto alguien cambie algo, aparecerá aquí.
audit-cut = La búsqueda se ha detenido aquí; los cambios más antiguos aún no se han mirado.
audit-further = Buscar más atrás
audit-to-request = La petición
audit-attribute = Atributo
audit-before = Antes
audit-after = Después
audit-nothing = nada
audit-differences = { $count ->
    [one] { $count } diferencia
   *[other] { $count } diferencias
}
audit-left-out = { $count ->
    [one] { $count } más
   *[other] { $count } más
}
audit-total = { $count ->
    [one] { $count } cambio, lo más reciente primero
   *[other] { $count } cambios, lo más reciente primero
}
audit-total-more = { $count ->
    [one] Más de { $count } cambio, lo más reciente primero
   *[other] Más de { $count } cambios, lo más reciente primero
}
audit-create = Creado
audit-modify = Cambiado
audit-replace = Sustituido
audit-delete = Eliminado
audit-revive = Recuperado
audit-purge = Borrado definitivo
audit-detach = Separado de su conexión
audit-view-as-customer = Visto como cliente
audit-end-sessions = Sesiones finalizadas
audit-create-operator-token = Token de API de un operador creado
audit-set-attribute = Atributo de perfiles cambiado
audit-add-schema = Esquema añadido o cambiado
audit-remove-schema = Esquema retirado
audit-update-tenant = Ajustes cambiados
audit-create-tenant = Inquilino creado
audit-create-connection = Conexión creada
audit-update-connection = Conexión cambiada
audit-delete-connection = Conexión eliminada
audit-freeze-connection = Conexión puesta en solo lectura
audit-unfreeze-connection = La conexión acepta cambios de nuevo
audit-release-held = Cambios retenidos liberados
audit-create-token = Token creado
audit-rotate-token = Token renovado
audit-revoke-token = Token revocado
audit-create-client = Cliente OAuth creado
audit-rotate-client = Secreto de un cliente OAuth renovado
audit-delete-client = Cliente OAuth eliminado
audit-create-issuer = Emisor de tokens añadido
audit-delete-issuer = Emisor de tokens retirado
