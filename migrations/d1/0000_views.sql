CREATE TABLE `audit_log` (
	`id` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`subject` text NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `audit_log_by_subject` ON `audit_log` (`subject`,`at`);--> statement-breakpoint
CREATE TABLE `categories` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `contents` (
	`id` text PRIMARY KEY NOT NULL,
	`title` text,
	`url` text,
	`category_id` text,
	`start_views` integer DEFAULT 0 NOT NULL,
	`origin` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`category_id`) REFERENCES `categories`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `contents_by_category` ON `contents` (`category_id`);--> statement-breakpoint
CREATE TABLE `job_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`job` text NOT NULL,
	`started_at` integer NOT NULL,
	`duration_ms` integer NOT NULL,
	`rows` integer NOT NULL,
	`statements` integer NOT NULL,
	`failures` integer NOT NULL,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `job_runs_by_job` ON `job_runs` (`job`,`started_at`);--> statement-breakpoint
CREATE TABLE `view_hourly` (
	`content_id` text NOT NULL,
	`hour` integer NOT NULL,
	`shard_id` integer NOT NULL,
	`views` integer NOT NULL,
	`final` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`content_id`, `hour`, `shard_id`)
);
--> statement-breakpoint
CREATE TABLE `view_totals` (
	`content_id` text NOT NULL,
	`shard_id` integer NOT NULL,
	`published` integer NOT NULL,
	`stamp` text NOT NULL,
	PRIMARY KEY(`content_id`, `shard_id`)
);
