import { answerAuth } from "@/server/auth/session";

export const dynamic = "force-dynamic";
export const GET = answerAuth;
export const HEAD = answerAuth;
export const POST = answerAuth;
