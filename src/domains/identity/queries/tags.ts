import { jsonPage, type PageSize, type Statement } from '../../../platform/db/index.ts'

/**
 * A page of the taxonomy as JSON text, by name. $1: what the name begins with, as it was typed; $2, $3: the cursor's
 * name and id; $4: the filter's digest; $5: how many to show; $6: the category, where there is one. Walks idx_tags_typed
 * or idx_tags_category_typed from the first that begins so, or from the cursor, and stops after the page. The last
 * character that there is closes the range.
 */
export function tagPage(size: PageSize, category: string | undefined): Statement {
  return {
    name: `tag_page_${category === undefined ? '' : 'of_category_'}${size}`,
    text: jsonPage({
      show: '$5::int',
      sort: 'tag_name',
      key: ['typed', 'tag_id'],
      digest: '$4',
      rows: `
        SELECT typed, tag_id, json_build_object(
          'tag_id', tag_id, 'name', name, 'slug', slug, 'category', category, 'usage_count', usage_count) AS item
        FROM (
          SELECT t.tag_id, t.name, t.slug, t.category, t.usage_count, ${TYPED} AS typed
          FROM tags t
          WHERE ${TYPED} >= typed_form($1::text) COLLATE "C"
            AND ${TYPED} < (typed_form($1::text) || chr(1114111)) COLLATE "C"
            AND (${TYPED}, t.tag_id) > ($2::text COLLATE "C", $3::uuid)
            ${category === undefined ? '' : 'AND t.category = $6'}
          ORDER BY ${TYPED}, t.tag_id
          LIMIT ${size + 1}
        ) page`,
    }),
  }
}

const TYPED = 'typed_form(t.name) COLLATE "C"'
