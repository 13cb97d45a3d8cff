"""Every change of the tables, one a file, generated: `PICCOLO_CONF=app.db.piccolo_conf piccolo migrations new aihub --auto`."""
