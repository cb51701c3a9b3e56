"""Districts on the curators' desk: as anywhere, but into the bin when they are deleted."""

from django.contrib import admin

from cases.admin.desk import PlainLabels
from cases.admin.discarding import Discarding
from districts.admin import DistrictAdmin
from districts.models import District

admin.site.unregister(District)


@admin.register(District)
class DiscardingDistrictAdmin(Discarding, PlainLabels, DistrictAdmin):
    pass
