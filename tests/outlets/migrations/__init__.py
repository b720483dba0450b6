from outlets import migrations

__path__ = [*__path__, *migrations.__path__]
