import { answerProcedures } from "@/server/trpc/http";

export const dynamic = "force-dynamic";
export const GET = answerProcedures;
export const POST = answerProcedures;
