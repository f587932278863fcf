import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@/server/auth/actor";
import { SESSION_COOKIE } from "@/server/auth/cookies";
import { receiveUpload } from "@/server/intake/upload";
import { keyFor } from "@/server/secrets";
import { beginDelivery } from "@/server/services/deliveries/begin";
import { revokeSession } from "@/server/services/session/revoke";
import { createDatabase, type TestDatabase } from "../support/database";
import { createInstitution, createMember, signedIn } from "../support/institution";
import { createFeed, searchData } from "./support";

let db: TestDatabase;
beforeAll(async () => {
  db = await createDatabase();
});
afterAll(() => db.close());

const content = "sourcedId,name\no1,Lakeside\n";
const name = "Schools & more 100%.csv";

async function scene() {
  const institution = await createInstitution();
  const feed = await createFeed(db, institution.id);
  const begun = await beginDelivery(institution.owner.member, { feed, files: [{ name, bytes: content.length }] });
  return { institution, owner: institution.owner.actor, url: begun.uploads[0]?.url ?? "" };
}

async function put(
  url: string,
  how: { as: Actor | null; body?: string; headers?: Record<string, string>; without?: string },
): Promise<Response> {
  const headers = new Headers({ "x-rollcall": "1", origin: "http://localhost:3000", host: "localhost:3000", ...how.headers });
  if (how.without !== undefined) headers.delete(how.without);
  if (how.as !== null) {
    const token = await encode({ token: { sessionId: how.as.sessionId }, secret: keyFor("session").toString("base64url") });
    headers.set("cookie", `${SESSION_COOKIE}=${token}`);
  }
  return receiveUpload(new Request(new URL(url, "http://localhost:3000"), { method: "PUT", headers, body: how.body ?? content }));
}

describe("the upload door answers", () => {
  test("200 with the digest of the bytes, once", async () => {
    const { owner, url } = await scene();
    const first = await put(url, { as: owner });
    expect(first.status).toBe(200);
    expect(await first.json()).toMatchObject({ bytes: content.length, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await put(url, { as: owner })).status).toBe(409);
  });

  test("400 for other bytes than announced, of which nothing is kept", async () => {
    const { institution, owner, url } = await scene();
    expect((await put(url, { as: owner, body: content.slice(1) })).status).toBe(400);
    expect((await put(url, { as: owner, body: `${content}more` })).status).toBe(400);
    expect((await searchData([])).all.filter((path) => path.includes(`/objects/${institution.id}/`))).toEqual([]);
  });

  test("401 without a session, also when it was revoked a moment ago", async () => {
    const { owner, url } = await scene();
    expect((await put(url, { as: null })).status).toBe(401);
    const other = await signedIn(owner.accountId);
    await revokeSession(owner, other.sessionId);
    expect((await put(url, { as: other })).status).toBe(401);
  });

  test("403 from another site, without our header, and to a role that may not", async () => {
    const { institution, owner, url } = await scene();
    expect((await put(url, { as: owner, headers: { origin: "https://evil.example" } })).status).toBe(403);
    expect((await put(url, { as: owner, without: "x-rollcall" })).status).toBe(403);
    expect((await put(url, { as: owner, without: "origin" })).status).toBe(403);
    const viewer = await createMember(institution, "viewer");
    expect((await put(url, { as: viewer.actor })).status).toBe(403);
  });

  test("404 to a member of another institution, for a file that was not announced, and for what is no delivery", async () => {
    const { owner, url } = await scene();
    const stranger = await scene();
    const refused = [
      put(url, { as: stranger.owner }),
      put(url.replace(/institution=.*/, `institution=${stranger.institution.slug}`), { as: stranger.owner }),
      put(url.replace("more", "less"), { as: owner }),
      put(url.replace(/uploads\/[^/]+/, "uploads/00000000-0000-7000-8000-000000000000"), { as: owner }),
      put(url.replace(/uploads\/[^/]+/, "uploads/..%2f..%2fetc"), { as: owner }),
    ];
    const bodies = [];
    for (const response of await Promise.all(refused)) {
      expect(response.status).toBe(404);
      bodies.push(await response.text());
    }
    // A foreign delivery and one that does not exist cannot be told apart.
    expect(bodies[1]).toBe(bodies[3]);
  });
});
