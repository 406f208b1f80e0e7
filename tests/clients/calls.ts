// Real calls through the generated TypeScript types. Prints how many; check.sh generates them, starts the service and runs this.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };
type Schemas = components["schemas"];

const SPEAKER = "Nadia Rahal";
const WORDS = "the bridge would be finished in May 2032";
const DRAFT: Schemas["ArticleDraft"] = {
  text: `MOSUL – ${SPEAKER}, who leads the works, said ${WORDS}.`,
  title: "Bridge to be rebuilt",
  url: "https://news.example/bridge",
  source: "Example News",
  published: "2024-03-02",
  claims: [
    {
      quote: { exact: WORDS },
      speakers: [{ entity: SPEAKER, text: SPEAKER, start: 8, end: 8 + SPEAKER.length }],
      dates: [{ edtf: "2032-05" }],
    },
  ],
  extract: false,
};

function same(found: unknown, wanted: unknown): void {
  const [has, should] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (has !== should) throw new Error(`found ${has} instead of ${should}`);
}

/** The data of an answer that is no problem. */
function good<T>(answer: { data?: T; error?: Schemas["Problem"]; response: Response }): T {
  if (answer.error) throw new Error(`${answer.response.status}: ${answer.error.detail}`);
  return answer.data as T;
}

// Lists have other formats too; this one is asked for, and problems have their own.
const client = createClient<paths, "application/json" | "application/problem+json">({ baseUrl: process.argv[2] });

async function callAll(): Promise<number> {
  const created = await client.POST("/articles", { body: DRAFT });
  const article = good(created);
  same(created.response.status, 201);
  const claim = article.claims[0]!;
  same([...article.text].slice(claim.quote.start, claim.quote.end).join(""), WORDS);

  const repeated = await client.POST("/articles", { body: DRAFT });
  same(good(repeated), article);
  same(repeated.response.status, 200);

  const again = { path: { article_id: article.id }, query: { dry_run: true } };
  const reread = good(await client.POST("/articles/{article_id}/extract", { params: again }));
  same([reread.extraction.state, reread.reviewed, claim.reviewed_by], ["done", 1, "client"]);

  const published = { published_from: "2024-03", published_to: "2024-03" };
  const articles = good(await client.GET("/articles", { params: { query: { entity: [SPEAKER], ...published } } }));
  same(articles.items.map((found) => found.id), [article.id]);

  const about = { about_from: "2032", about_to: "2032" };
  const claims = good(await client.GET("/claims", { params: { query: { speaker: [SPEAKER], ...about } } }));
  same(claims.items.map((found) => found.id), [claim.id]);

  const path = { claim_id: claim.id };
  const read = await client.GET("/claims/{claim_id}", { params: { path } });
  same(good(read).speaker?.entity?.name, SPEAKER);

  const header = { "If-Match": read.response.headers.get("ETag")! };
  const confirmation: Schemas["ClaimPatch"] = { status: "confirmed" };
  const confirmed = good(await client.PATCH("/claims/{claim_id}", { params: { path, header }, body: confirmation }));
  same(confirmed.status, "confirmed");

  const office = good(await client.POST("/entities", { body: { name: "Mosul Bridge Office", type: "organization", aliases: ["MBO"] } }));
  same(office.aliases.map((alias) => alias.name), ["MBO"]);

  const suggested = good(await client.GET("/entities/suggest", { params: { query: { q: "mosul bri" } } }));
  same(suggested.items.some((entity) => entity.id === office.id), true);

  const whole = { params: { path: { article_id: article.id } } };
  const deleted = await client.DELETE("/articles/{article_id}", whole);
  good(deleted);
  same(deleted.response.status, 204);

  const changes = good(await client.GET("/changes", { params: { query: { kind: ["article"] } } }));
  same(changes.items.filter((change) => change.id === article.id).map((change) => change.action), ["created", "deleted"]);

  const gone = await client.GET("/articles/{article_id}", whole);
  const problem: Schemas["Problem"] | undefined = gone.error;
  same([problem?.status, problem?.type], [404, "/problems/not-found"]);
  return 12;
}

console.log(await callAll());
