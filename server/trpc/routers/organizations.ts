import { autoCreateOrganizations } from "@/server/services/organizations/auto-create";
import {
  CreateOrganization,
  createOrganization,
  MapSchool,
  mapSchool,
  RemoveOrganization,
  removeOrganization,
  UpdateOrganization,
  updateOrganization,
} from "@/server/services/organizations/change";
import { listOrganizations } from "@/server/services/organizations/list";
import { getMapping } from "@/server/services/organizations/mapping";
import { SetLabels, SetMode, setLabels, setPortalMode } from "@/server/services/organizations/set-mode";
import { EnvironmentPlace } from "@/server/services/runs/place";
import { institutionProcedure, router } from "../init";

export const organizationsRouter = router({
  list: institutionProcedure("roster:read")
    .input(EnvironmentPlace)
    .query(({ ctx, input }) => listOrganizations(ctx, input)),
  mapping: institutionProcedure("institution:read").query(({ ctx }) => getMapping(ctx)),
  autoCreate: institutionProcedure("feed:manage").mutation(({ ctx }) => autoCreateOrganizations(ctx)),
  create: institutionProcedure("feed:manage")
    .input(CreateOrganization)
    .mutation(({ ctx, input }) => createOrganization(ctx, input)),
  update: institutionProcedure("feed:manage")
    .input(UpdateOrganization)
    .mutation(({ ctx, input }) => updateOrganization(ctx, input)),
  remove: institutionProcedure("feed:manage")
    .input(RemoveOrganization)
    .mutation(({ ctx, input }) => removeOrganization(ctx, input)),
  mapSchool: institutionProcedure("feed:manage")
    .input(MapSchool)
    .mutation(({ ctx, input }) => mapSchool(ctx, input)),
  setMode: institutionProcedure("feed:manage")
    .input(SetMode)
    .mutation(({ ctx, input }) => setPortalMode(ctx, input)),
  setLabels: institutionProcedure("feed:manage")
    .input(SetLabels)
    .mutation(({ ctx, input }) => setLabels(ctx, input)),
});
