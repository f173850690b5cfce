"""Movement: where the tagged animals of one site go, how far, how much ground they use, and how their collars do."""

import streamlit as st

from metrics import collars, displacement, fences, home_range
from ui import (
    cached,
    cached_field,
    charts_movement,
    client,
    layout,
    maps_tracks,
    movement,
    notices,
    reader,
    results,
    site_picker,
    tables_movement,
    theme,
    url,
)
from ui.scope import current
from ui.text import count, joined, moment, number, plain

WITHHELD = (
    "Positions, tracks, days and distances are withheld: where a tagged animal goes would lead to it, and many tagged "
    "animals are of sensitive species. Areas rest on whole months that ended at least 30 days ago."
)
RESOLUTIONS = {
    True: "Positions are exact, as the collars sent them.",
    False: "Positions are shown to about 1 km to protect the animals.",
}

scope = current()
mode = client.mode()
monitored = cached.monitored_sites(scope)
sites = monitored[monitored["has_collars"]]


def choose_site() -> str:
    site_id, row = site_picker.pick(sites, "tagged animals", ("animal",))
    with row:
        site_picker.profile_link(site_id)
    return site_id


def choose_animals(animals) -> list[str]:
    """Pills with a hue and a glyph each; a list to search in where there are more animals than hues."""
    listed, names = list(animals["animal"]), dict(zip(animals["animal"], animals["animal_name"], strict=True))
    hues = movement.hues(listed, listed, mode)
    if len(listed) > len(hues):
        chosen = url.many(
            st.multiselect, "Animals", listed, key="animal", format_func=names.get, placeholder="All", width=420
        )
        return chosen or listed
    return url.many(
        st.pills,
        "Animals",
        listed,
        key="animal",
        default=listed,
        selection_mode="multi",
        format_func=lambda animal: theme.dot(hues[animal].colour, plain(names[animal]), hues[animal].glyph),
        wrap=True,
        width="content",
    )


def choose_days(first, last) -> tuple:
    """First and last day of the period."""
    if first == last:
        return first, last
    start = movement.start_of(first, last)
    return st.slider(
        "Days", first, last, (start, last), format="D MMM YYYY", key="days", bind="query-params", width=420
    )


def key_figures(found: movement.Movement) -> None:
    followed = int(found.animals["fixes"].gt(0).sum())
    per_day = movement.per_animal_and_day(found)
    spikes = f"{count(found.spikes, 'impossible one')} left out" if found.spikes else ""
    with layout.figures():
        results.figure("Animals followed", f"{followed:,} of {len(found.animals):,}", "With a position in these days")
        note = f"{results.value(per_day)} per animal and day" if per_day.value else results.sample(per_day)
        results.figure("Positions", number(found.positions), joined([note, spikes]), displacement.without_spikes)
        distance = movement.km_per_day(found)
        results.figure(
            "Distance per day",
            with_unit(distance, "km"),
            f"Median · {results.sample(distance)}" if distance.value else results.sample(distance),
            displacement.daily_displacement,
        )
        area = movement.home_range(found)
        note = f"Median, 95 % kernel · {results.sample(area)}" if area.value else results.sample(area)
        results.figure("Home range", with_unit(area, "km²"), note, home_range.kernel_range)


def with_unit(result, unit: str) -> str:
    return results.value(result, 1) if result.value is None else f"{results.value(result, 1)} {unit}"


@reader.fragment
def map_card(site_id: str, found: movement.Movement, hues: dict) -> None:
    boundary = cached.site_boundary(scope, site_id)
    options = [kind for kind in maps_tracks.SHOWN if kind != "boundary" or boundary]
    shown = url.many(
        st.pills,
        "Show",
        options,
        key="show",
        default=options,
        selection_mode="multi",
        format_func=maps_tracks.SHOWN.get,
        wrap=True,
        width="content",
    )
    height = 340 if client.width() == "phone" else 500
    st.pydeck_chart(
        maps_tracks.tracks_map(found, hues, boundary, shown, mode, height),
        height=height,
        key=f"tracks_{site_id}",
        alt=f"Map: tracks and ranges of {count(len(found.tracks), 'animal')}; tables hold the same areas and positions",
    )
    st.caption(" ".join([RESOLUTIONS[scope.viewer.sees_all_of(site_id)], *maps_tracks.notes(found, hues)]))
    layout.table_twin(
        "Newest positions as a table", "newest_table", lambda: tables_movement.newest_table(found.animals)
    )


def ranges_card(found: movement.Movement, hues: dict) -> None:
    with layout.card("Home ranges", "Ground that each animal used in these days", height="stretch"):
        tables_movement.ranges_table(found.animals, hues)
        st.caption(
            "Kernel ranges are not corrected for autocorrelation: with frequent positions they are too small.",
            help="\n\n".join(map(results.how, (home_range.kernel_range, home_range.effective_sample_size))),
        )


def distance_card(found: movement.Movement, hues: dict) -> None:
    with layout.card("Distance per day", "km along the track per local day that is over, with at least 4 positions"):
        if found.days.empty:
            st.caption("No animal has a day with 4 positions or more.")
            return
        figure = charts_movement.daily_distance(found.named_days, hues, mode)
        layout.plot(figure, "Dots: distance per day and animal; line: median of all animals", "distance")
        layout.table_twin("Distances as a table", "days_table", lambda: tables_movement.days_table(found.named_days))


def excursions_card(site_id: str, found: movement.Movement) -> None:
    with layout.card("Excursions", "Stays outside the boundary in these days, by time (UTC)"):
        if not scope.viewer.sees_all_of(site_id):
            st.caption(
                ":material/lock: Shown to the managers of the site and to staff only: when and where an animal leaves "
                "would tell more than its position to about 1 km."
            )
        elif found.excursions is None:
            st.caption("No boundary of this site is stored, so leaving it cannot be seen.")
        elif found.excursions.empty:
            st.caption("No animal left the boundary in these days.")
        else:
            tables_movement.excursions_table(found.excursions)
            st.caption(
                "A stay that began before the first position inside is not counted.",
                help=results.how(fences.excursions),
            )


def collars_card(found: movement.Movement) -> None:
    with layout.card("Collars", "Worst first; success for scheduled collars only, up to the end of these days"):
        tables_movement.collars_table(found.collars)
        st.caption(
            "Not moving: 80 % of the positions of the last 5 hours or more within 13 m. A collar that fell off and an "
            "animal that died look the same.",
            help="\n\n".join(map(results.how, (displacement.immobility, collars.collar_health))),
        )


def show_movement(site_id: str, header, name: str) -> None:
    """The page of those who may see positions, exactly or to about 1 km."""
    animals, known = cached_field.site_animals(scope, site_id), cached_field.fix_days(scope, site_id)
    if known is None or animals.empty:
        with header:
            layout.header(f"Movement at {name}", "No position that you may see")
        notices.restricted("The owners of these data share totals only, or no position has been received yet.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = choose_animals(animals)
        first, last = choose_days(*known)
    found = cached_field.movement_of(scope, site_id, first, last).of(chosen)
    with header:
        newest = f"newest position {moment(found.newest)}" if found.newest else ""
        layout.header(f"Movement at {name}", joined([count(len(animals), "tagged animal"), newest]))
    if not chosen:
        notices.empty("search_off", "No animal is chosen", "Choose at least one animal above.")
    elif not found.positions:
        notices.empty("event_busy", "No position in these days", "Choose other days or other animals.")
    else:
        draw(site_id, found, movement.hues(list(animals["animal"]), chosen, mode))


def draw(site_id: str, found: movement.Movement, hues: dict) -> None:
    key_figures(found)
    main, side = layout.columns(5, 3)
    with main.container(border=True):
        map_card(site_id, found, hues)
    with side:
        ranges_card(found, hues)
    distance_card(found, hues)
    excursions_card(site_id, found)
    collars_card(found)


def show_areas(site_id: str, header, name: str) -> None:
    """The page of everybody else: how many animals, how much ground."""
    found = cached_field.animal_areas(scope, site_id)
    with header:
        layout.header(f"Movement at {name}", "Areas that tagged animals use")
    if found is None:
        notices.restricted(f"No month of this site may be shown yet. {WITHHELD}")
        return
    with layout.figures():
        results.figure("Animals followed", found.animals, "With a position in a released month")
        results.figure("Species", number(len(found.by_species)), "Among the tagged animals")
        results.figure("Positions", results.DASH, "Withheld, to protect the animals")
        results.figure("Distance per day", results.DASH, "Withheld, to protect the animals")
    with layout.card("Home ranges by species", "Median over the animals, all released months"):
        tables_movement.species_table(found.by_species)
        st.caption(
            "Kernel ranges are not corrected for autocorrelation. A dash: too few positions for an area.",
            help="\n\n".join(map(results.how, (home_range.kernel_range, home_range.effective_sample_size))),
        )
    st.caption(f":material/shield: {WITHHELD}")


if sites.empty:
    layout.header("Movement", "No site with tagged animals is known yet")
    notices.empty("sensors_off", "No tagged animals yet", "They appear once a source of collars has been pulled.")
    st.stop()
site_id = choose_site()
header = st.container()
name = plain(sites.loc[sites["site_id"].eq(site_id), "site_name"].iloc[0])
show = show_movement if scope.viewer.sees_species_of(site_id) else show_areas
show(site_id, header, name)
