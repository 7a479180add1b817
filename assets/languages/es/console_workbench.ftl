# Requests by hand.

workbench-lead = Envíe peticiones SCIM en su nombre, con lo que permite su rol.
workbench-method = Método
workbench-path = Ruta, bajo
workbench-build-filter = Componer el filtro
workbench-build-patch = Componer una petición PATCH
workbench-attribute = Atributo
workbench-operator = Operador
workbench-operation = Operación
workbench-value = Valor
workbench-add = Añadir
workbench-body = Cuerpo (para POST, PUT y PATCH)
workbench-if-match = If-Match (versión)
workbench-if-match-hint = El ETag de la versión que quiere cambiar.
workbench-send = Enviar
workbench-writes = Lo que cambia una petición queda cambiado, y figura en el historial a su nombre.
workbench-reads = Su rol solo permite leer.
workbench-answer = Respuesta
workbench-milliseconds = ms
workbench-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
workbench-no-body = La respuesta no tiene cuerpo.
workbench-changed = Qué ha cambiado
workbench-only-read = Nada: era una petición de lectura.
workbench-nothing = Nada: una petición rechazada no cambia nada.
workbench-see-history = Nada de este recurso; el historial muestra todos los cambios.
workbench-log = Esta petición en el registro
workbench-more = Cabeceras, y la petición como curl
workbench-headers = Cabeceras
workbench-past = Enviadas antes
workbench-past-none = Lo que envíe figura aquí mientras la página esté abierta.
workbench-endpoints = Puntos de acceso
