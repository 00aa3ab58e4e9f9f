{{ events() }} where id = 1
