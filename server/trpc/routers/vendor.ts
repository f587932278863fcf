import { mailState } from "@/server/notify/mail-state";
import { ListStaffAudit, listStaffAudit } from "@/server/services/audit/list-for-staff";
import {
  DecideDeletion,
  decideDeletion,
  GetDeletionForStaff,
  getDeletionForStaff,
  listCertificates,
} from "@/server/services/data/decide-deletion";
import { InviteInstitution, InviteOwner, inviteInstitution, inviteOwner } from "@/server/services/invitations/create-for-institution";
import { listLimits } from "@/server/services/limits/list";
import { SetLimits, setLimits } from "@/server/services/limits/set";
import { AddNote, addNote } from "@/server/services/vendor/add-note";
import { GetInstitution, getInstitutionForStaff } from "@/server/services/vendor/get-institution";
import { listInstitutions } from "@/server/services/vendor/list-institutions";
import { ListVendorRuns, listVendorRuns } from "@/server/services/vendor/list-runs";
import { SetOwner, setOwner } from "@/server/services/vendor/set-owner";
import { router, vendorProcedure } from "../init";
import { approvalsRouter } from "./promotions";
import { staffRouter, viewRouter } from "./staff";
import { vendorJobsRouter } from "./vendor-jobs";

export const vendorRouter = router({
  approvals: approvalsRouter,
  audit: vendorProcedure("vendor:read")
    .input(ListStaffAudit)
    .query(({ input }) => listStaffAudit(input)),
  deletions: router({
    get: vendorProcedure("vendor:read")
      .input(GetDeletionForStaff)
      .query(({ input }) => getDeletionForStaff(input)),
    decide: vendorProcedure("institution:delete")
      .input(DecideDeletion)
      .mutation(({ ctx, input }) => decideDeletion(ctx.actor, input)),
    certificates: vendorProcedure("vendor:read").query(() => listCertificates()),
  }),
  institutions: router({
    list: vendorProcedure("vendor:read").query(() => listInstitutions()),
    get: vendorProcedure("vendor:read")
      .input(GetInstitution)
      .query(({ input }) => getInstitutionForStaff(input)),
    setOwner: vendorProcedure("institution:care")
      .input(SetOwner)
      .mutation(({ ctx, input }) => setOwner(ctx.actor, input)),
    addNote: vendorProcedure("institution:care")
      .input(AddNote)
      .mutation(({ ctx, input }) => addNote(ctx.actor, input)),
    setLimits: vendorProcedure("limit:set")
      .input(SetLimits)
      .mutation(({ ctx, input }) => setLimits(ctx.actor, input)),
  }),
  invite: vendorProcedure("institution:create")
    .input(InviteInstitution)
    .mutation(({ ctx, input }) => inviteInstitution(ctx.actor, input)),
  inviteOwner: vendorProcedure("institution:create")
    .input(InviteOwner)
    .mutation(({ ctx, input }) => inviteOwner(ctx.actor, input)),
  jobs: vendorJobsRouter,
  limits: router({ list: vendorProcedure("vendor:read").query(() => listLimits()) }),
  runs: router({
    list: vendorProcedure("vendor:read")
      .input(ListVendorRuns)
      .query(({ input }) => listVendorRuns(input)),
  }),
  staff: staffRouter,
  view: viewRouter,
  mail: vendorProcedure("vendor:read").query(() => mailState()),
});
