from resources.queries import kept_facets as kept


def kinds(member, among=None, **chosen):
    return kept.facet_counts(member, chosen, among).get("kind", {})
