# The provisioning log.

log-where = Dónde está
log-lead = Cada petición SCIM y su respuesta, sin secretos.
log-off = No se guarda nada
log-off-words = El registro está desactivado en la configuración del servidor.
log-connection = Conexión
log-method = Método
log-status = Estado
log-since = Desde
log-resource-id = Id. del recurso
log-request-id = Id. de la petición
log-apply = Aplicar
log-clear = Mostrar todo
log-all = Todos
log-changes-only = Solo cambios
log-status-2 = 2xx: realizadas
log-status-4 = 4xx: rechazadas
log-status-5 = 5xx: fallidas
log-since-ever = Cualquier momento
log-since-hour = 1 hora
log-since-day = 24 horas
log-since-week = 7 días
log-ok = Realizada
log-refused = Rechazada
log-held = Retenida
log-failed = Fallida
log-outcome = Resultado
log-empty = Aún no ha llegado ninguna petición
log-empty-words = En cuanto un cliente envíe algo con el token de una conexión, aparecerá aquí con su respuesta.
log-connect = Configurar una conexión
log-try = Enviar usted una petición
log-none = Nada encontrado
log-none-words = Ninguna petición corresponde a su selección.
log-cut = La búsqueda se ha detenido aquí; las peticiones más antiguas aún no se han mirado.
log-further = Buscar más atrás
log-requests = Peticiones
log-entry = Entrada
log-time = Hora
log-request = Petición
log-answer = Respuesta
log-milliseconds = ms
log-nobody = sin token válido
log-older = Más antigua
log-newer = Más reciente
log-explained = Explicación
log-understood = Entendido
log-matched = Encontrado
log-changed = Cambiado
log-why-refused = Por qué se rechazó
log-advice = Qué hacer
log-curl = Como orden curl
log-curl-words = El token no está incluido: defina antes la variable TOKEN.
log-workbench = Abrir en el banco de pruebas
log-about = Sobre la petición
log-duration = Duración
log-token = Token
log-address = Dirección
log-client = Cliente
log-resource = Recurso
log-all-of-resource = Todas las peticiones sobre este recurso
log-history = Historial de este recurso
log-shown = { $count ->
    [one] { $count } petición
   *[other] { $count } peticiones, las más recientes primero
}
log-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
