import type { DemoDelivery } from "@/server/cli/demo-district";
import { commit, prepare, upload } from "@/server/cli/demo-play";
import { type Scene, signedInPerson } from "./scene";

/** A commit to Preview by the doors that its pages use, where the pages are not what is looked at. */
export async function commitWithoutBrowser(scene: Scene, delivery: DemoDelivery): Promise<void> {
  const person = await signedInPerson(scene);
  const place = { institution: scene.slug, environment: "preview" } as const;
  const id = await upload(person, { place, feed: scene.feed, delivery });
  const run = await prepare(person, { place, feed: scene.feed, delivery: id, kind: "full" });
  await commit(person, { ...place, run });
}
