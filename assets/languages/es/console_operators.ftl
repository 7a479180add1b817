# The pages of operators in the console.

operators-new = Nuevo operador
operators-lead = Personas que trabajan en esta consola.
operators-empty = Usted es el único operador
operators-empty-detail = Invite a otra persona para que la consola se pueda usar también en su ausencia.
operators-search = El nombre o el nombre de usuario empieza por
operators-none = No se encuentra ningún operador
operators-show-all = Todos los operadores
operators-all = Todos
operators-count = { $count ->
    [one] { $count } operador
   *[other] { $count } operadores
}
operators-count-more = Más de { $count } operadores
operators-person = Nombre y nombre de usuario
operators-role = Rol
operators-roles = Roles
operators-no-role = ninguno
operators-factor = Segundo factor
operators-factor-on = Activado
operators-factor-off = Desactivado
operators-customers = Clientes
operators-last = Último inicio de sesión
operators-never = nunca
operators-open = Abrir
operators-assign-customers = Asignar clientes
operators-reset = Restablecer la contraseña…
operators-lock = Bloquear…
operators-activate = Activar…
operators-deactivate = Desactivar…
operators-delete = Eliminar…
operators-profile = Perfil
operators-account = Cuenta
operators-username = Nombre de usuario
operators-username-hint = El nombre para iniciar sesión, normalmente una dirección de correo.
operators-mail = Dirección de correo electrónico
operators-mail-hint = Adonde van los mensajes. Si se deja vacío, se usa el nombre de usuario cuando es una dirección.
operators-given = Nombre
operators-family = Apellidos
operators-language = Idioma
operators-language-any = Como el navegador
operators-language-hint = De las páginas y de los mensajes.
operators-role-owner = Todo, incluidos los operadores.
operators-role-admin = Los clientes y sus grupos.
operators-role-helpdesk = Las contraseñas y los bloqueos de los clientes.
operators-role-auditor = Ver todo y no cambiar nada.
operators-agent = Puede ver lo que ven los clientes asignados
operators-agent-hint = Una marca que leen las aplicaciones; la propia consola no muestra nada más.
operators-way = ¿Cómo obtiene la persona una contraseña?
operators-way-invite = Enviar una invitación
operators-way-invite-hint = Un mensaje con un enlace para elegir una contraseña.
operators-way-link = Copiar el enlace de invitación
operators-way-link-hint = Usted recibe el enlace y lo entrega en persona. No se envía ningún correo.
operators-way-temporary = Poner una contraseña temporal
operators-way-temporary-hint = Se genera, se le muestra una sola vez y debe cambiarse en el primer inicio de sesión.
operators-create = Crear operador
operators-help = Ayuda
operators-help-what = Un operador inicia sesión en esta consola y trabaja según su rol. Para las personas que usan sus aplicaciones, cree un usuario.
operators-help-groups = Un rol viene con un grupo de operadores. Con el primer operador de un rol se crea también el grupo.
operators-open-twin = Abrir a quien tiene este nombre de usuario
operators-created-title = { $name } se ha creado
operators-created = La cuenta ya existe.
operators-link = Enlace de invitación
operators-link-detail = Entréguelo de modo que solo la persona pueda leerlo. Funciona una vez y no se vuelve a mostrar.
operators-password = Contraseña temporal
operators-password-detail = Solo se muestra esta vez y debe cambiarse en el primer inicio de sesión.
operators-good-until = Válido hasta
operators-open-created = Abrir el operador
operators-another = Crear otro
operators-given-or-not = Concedido
operators-has = Concedido
operators-has-not = No concedido
operators-give = Dar
operators-take = Quitar
operators-error-username = Escriba un nombre de usuario.
operators-error-role = Elija un rol.
operators-error-taken = Alguien ya tiene este nombre de usuario o esta dirección.
operators-error-last-owner = Es el último propietario que puede iniciar sesión. Haga antes propietario a otro operador.
operators-error-other-group = El operador sigue teniendo el rol { $role } por otro grupo. Quítelo de ese grupo.
operators-customers-title = Clientes de { $name }
operators-customers-lead = Un cliente está asignado a un solo operador a la vez.
operators-customers-count = { $count ->
    [one] { $count } cliente
   *[other] { $count } clientes
}
operators-customers-count-more = Más de { $count } clientes
operators-customer = Cliente
operators-free = Clientes por asignar
operators-free-none = No se encuentra ningún cliente
operators-own-none = No hay clientes asignados
operators-assigned = Asignados
operators-assigned-here = asignado aquí
operators-assigned-to = Asignado a
operators-nobody = nadie
operators-choose = Elegir
operators-choose-one = Elegir a { $name }
operators-with-chosen = Con los clientes elegidos
operators-with-assigned = Con las asignaciones elegidas
operators-assign = Asignar
operators-end = Terminar la asignación
operators-takeover-title = { $count ->
    [one] { $count } cliente tiene otro operador
   *[other] { $count } clientes tienen otro operador
}
operators-takeover-done = { $count ->
    [one] { $count } cliente está asignado ahora. Estos todavía no.
   *[other] { $count } clientes están asignados ahora. Estos todavía no.
}
operators-takeover-table = Clientes de otros operadores
operators-takeover-detail = Los clientes elegidos pasan a { $name } y termina su asignación al otro operador.
operators-take-one = Tomar a { $name }
operators-move = Mover aquí
operators-leave = Dejarlo así
operators-notice-assigned = Los clientes se han asignado.
operators-notice-ended = Las asignaciones han terminado.
operators-notice-moved = Los clientes se han movido aquí.
operators-notice-given = El rol se ha concedido.
operators-notice-taken = El rol se ha quitado.
operators-notice-invited = El operador se ha creado y una invitación está en camino.
