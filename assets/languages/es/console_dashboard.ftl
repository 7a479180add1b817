# El panel de la consola.

dashboard-welcome = Le damos la bienvenida a Muster
dashboard-welcome-words = Unos pocos pasos hasta el primer usuario de su proveedor de identidad. Puede dejarlo en cualquier momento; la lista se queda hasta que esté terminada.
dashboard-setup = Puesta en marcha
dashboard-progress = { $done } de { $all }
dashboard-todo = Por hacer
dashboard-backup = ¿Ha previsto copias de seguridad de la base de datos? Eso se hace fuera de la consola.
dashboard-hide = Ocultar esta lista
dashboard-held = { $count ->
    [one] 1 cambio está retenido.
   *[other] { $count } cambios están retenidos.
}
dashboard-held-words = Un escudo ha detenido desactivaciones, eliminaciones o bajas que eran más de lo habitual.
dashboard-held-look = Mirarlos
dashboard-decide = Decidir
dashboard-deactivations = { $count ->
    [one] 1 desactivación
   *[other] { $count } desactivaciones
}
dashboard-deletions = { $count ->
    [one] 1 eliminación
   *[other] { $count } eliminaciones
}
dashboard-removals = { $count ->
    [one] 1 miembro que sale de un grupo
   *[other] { $count } miembros que salen de grupos
}
dashboard-all = Todas las conexiones
dashboard-requests = Peticiones, 24 h
dashboard-token-days = Token, días que quedan
dashboard-letters = Correos que han fallado
dashboard-letters-none = No ha fallado ningún correo.
dashboard-letters-what = Para, asunto y motivo
dashboard-attempts = { $count ->
    [one] 1 intento
   *[other] { $count } intentos
}
dashboard-again = Enviar de nuevo
dashboard-notice-again = El correo se envía de nuevo.
dashboard-step-owner = Propietario y primer acceso
dashboard-step-factor = Segundo factor
dashboard-step-factor-words = Un código de una aplicación de su teléfono, además de la contraseña.
dashboard-step-factor-link = Configurarlo
dashboard-step-provider = Conectar un proveedor de identidad
dashboard-step-provider-words = Microsoft Entra ID, Okta, Keycloak y otros tienen una guía. Hecho cuando ha llegado la primera petición.
dashboard-step-provider-link = Abrir la puesta en marcha
dashboard-step-mail = Servidor de correo
dashboard-step-mail-words = Todavía no se ha enviado ningún correo, o el último ha fallado. Sin servidor de correo, las invitaciones son enlaces que usted entrega.
dashboard-step-mail-link = Ajustes del correo
dashboard-step-second = Segundo propietario
dashboard-step-second-words = Con un solo propietario, nadie puede ayudar cuando esa persona está ausente.
dashboard-step-second-link = Invitar a un operador
