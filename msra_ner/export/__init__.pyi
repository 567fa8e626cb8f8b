from .export import export_model as export_model
