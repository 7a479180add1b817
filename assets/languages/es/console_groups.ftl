# The pages of groups in the console.

groups-new = Nuevo grupo
groups-group = Grupo
groups-crumbs = Dónde está esta página
groups-tabs = Este grupo
groups-members = Miembros
groups-member = Miembro
groups-person = Persona
groups-history = Historial
groups-edit = Editar
groups-delete = Eliminar…
groups-add = Añadir miembros
groups-add-more = Añadir más
groups-cancel = Cancelar
groups-back = Volver al grupo
groups-save = Guardar
groups-find = Buscar
groups-apply = Aplicar
groups-actions = Acciones
groups-actions-for = Acciones para { $name }
groups-search = El nombre empieza por
groups-filter = Filtro SCIM, como en la API
groups-filter-refused = El filtro no se aplica. La lista se muestra sin él.
groups-for = Para
groups-for-everybody = Todos
groups-for-customers = Clientes
groups-for-operators = Operadores
groups-from = Origen
groups-from-console = Consola
groups-changed = Modificado
groups-state = Estado
groups-state-active = Activo
groups-state-invited = Invitado
groups-state-pending = Pendiente de verificación
groups-state-locked = Bloqueado
groups-state-deactivated = Desactivado
groups-kind-group = Grupo
groups-count = { $count ->
    [one] { $count } grupo
   *[other] { $count } grupos
}
groups-count-more = Más de { $count } grupos
groups-number-more = más de { $count }
groups-members-count = { $count ->
    [one] { $count } miembro
   *[other] { $count } miembros
}
groups-members-count-more = Más de { $count } miembros
groups-changes-count = { $count ->
    [one] { $count } cambio
   *[other] { $count } cambios
}
groups-changes-count-more = Más de { $count } cambios
groups-found = { $count ->
    [one] { $count } persona encontrada
   *[other] { $count } personas encontradas
}
groups-found-more = Más de { $count } personas encontradas
groups-cut = La búsqueda se detuvo después de muchas entradas. La página siguiente continúa desde ahí.
groups-empty = Todavía no hay grupos
groups-empty-detail = Un grupo reúne a usuarios que tienen los mismos permisos. Las aplicaciones ven los grupos de un usuario al iniciar sesión.
groups-empty-create = Crear el primer grupo
groups-none = No se encuentra ningún grupo
groups-none-detail = Pruebe con un comienzo más corto del nombre o con otro filtro.
groups-show-all = Mostrar todos los grupos
groups-name = Nombre
groups-name-hint = El nombre que ven las personas y las aplicaciones. No importan las mayúsculas.
groups-open-twin = Abrir el grupo que tiene este nombre
groups-who = ¿Quién puede ser miembro?
groups-who-customers = Las aplicaciones ven el grupo al iniciar sesión.
groups-who-operators = El grupo puede llevar un rol de esta consola.
groups-role = Rol
groups-role-none = Ningún rol
groups-role-hint = Solo los grupos de operadores llevan un rol. Quien está en el grupo tiene su rol.
groups-member-search = El nombre o el nombre de usuario empieza por
groups-create = Crear grupo
groups-managed-by = Gestionado por
groups-managed = El grupo lo gestiona la conexión { $connection }.
groups-managed-detail = Su próxima sincronización puede deshacer lo que usted cambie aquí.
groups-no-members = Este grupo todavía no tiene miembros
groups-no-member-found = No se encuentra ningún miembro
groups-choose-all = Elegir todo en esta página
groups-chosen = Elegidos
groups-chosen-count = { $count } elegidos
groups-with-chosen = Con los miembros elegidos
groups-remove-one = Quitar a { $name }
groups-remove-chosen = Quitar del grupo…
groups-add-title = Añadir miembros a { $name }
groups-add-one = Añadir a { $name }
groups-to-add = Personas que añadir
groups-nobody-to-add = No se encuentra a nadie que no sea ya miembro
groups-chosen-before = { $count ->
    [one] { $count } cambio está anotado y aún no se ha guardado.
   *[other] { $count } cambios están anotados y aún no se han guardado.
}
groups-to-review = Continuar
groups-review-title = ¿Cambiar los miembros de { $name }?
groups-review-words = { $added }, { $removed }. Los demás no se tocan, aunque alguien los haya cambiado entretanto.
groups-review-added = { $count ->
    [one] se añade { $count }
   *[other] se añaden { $count }
}
groups-review-removed = { $count ->
    [one] se quita { $count }
   *[other] se quitan { $count }
}
groups-review-nothing = No cambiaría nada
groups-review-add = Añadir { $count }
groups-review-remove = Quitar { $count }
groups-review-both = Añadir y quitar
groups-changes = Cambios
groups-change = Cambio
groups-added = Añadido
groups-removed = Quitado
groups-edit-title = Editar { $name }
groups-conflict-title = Otra persona ha cambiado este grupo
groups-conflict-detail = Se guardó después de que usted abriera el formulario: { $when }. Todavía no se ha guardado nada de lo suyo.
groups-conflict-was = Cuando usted lo abrió
groups-conflict-theirs = Guardado entretanto
groups-conflict-mine = Lo suyo
groups-conflict-save = Guardar lo mío
groups-conflict-discard = Descartar lo mío
groups-conflict-form = Volver al formulario
groups-differences = Diferencias
groups-attribute = Atributo
groups-delete-title = ¿Eliminar { $name }?
groups-delete-final = Esto no se puede deshacer.
groups-delete-members = { $count ->
    [one] { $count } miembro pierde el grupo de inmediato. El miembro en sí permanece.
   *[other] { $count } miembros pierden el grupo de inmediato. Los miembros en sí permanecen.
}
groups-delete-type = Escriba el nombre del grupo para confirmar
groups-delete-confirm = Eliminar definitivamente
groups-history-empty = No hay nada registrado
groups-event-create = Creado por
groups-event-modify = Cambiado por
groups-event-replace = Reemplazado por
groups-event-other = { $operation } por
groups-error-name = Escriba un nombre para el grupo.
groups-error-taken = Otro grupo tiene este nombre. Elija otro.
groups-error-many = { $count ->
    [one] Se puede elegir como máximo { $count } persona a la vez. Guarde primero estas.
   *[other] Se pueden elegir como máximo { $count } personas a la vez. Guarde primero estas.
}
groups-error-typed = Este no es el nombre del grupo.
groups-error-last-owner = Ya no quedaría ningún propietario que pueda iniciar sesión. Haga antes propietario a otro operador.
groups-notice-created = El grupo se ha creado.
groups-notice-deleted = El grupo se ha eliminado.
groups-notice-members = Los miembros se han cambiado.
